"""
react.py: how soon Suspend, Cancel and a lowered priority act in each phase of a transfer, beside the same calls on a
job that does nothing.

Lowered to BG_JOB_PRIORITY_LOW while a job of normal priority waits, the transfer has to give way to that one.

Copyright 2026 The winebits authors

This library is free software; you can redistribute it and/or
modify it under the terms of the GNU Lesser General Public
License as published by the Free Software Foundation; either
version 2.1 of the License, or (at your option) any later version.

This library is distributed in the hope that it will be useful,
but WITHOUT ANY WARRANTY; without even the implied warranty of
MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
Lesser General Public License for more details.
"""
import os
import statistics
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../transfer"))
import phases  # noqa: E402
import rig  # noqa: E402

ROUNDS = 7
NORMAL, LOW = 2, 3


def milliseconds(times):
    times = [t for t in times if t is not None]
    if not times:
        return "%-15s" % "-"
    return "%6.1f %7.1f " % (statistics.median(times), max(times))


class Round:
    """One transfer that is acted upon in one phase, or a job that has none."""
    number = 0
    waiting = None      # the server of the job that waits

    def __init__(self, client, phase, directory):
        Round.number += 1
        self.client, self.phase, self.row = client, phase, "r%d" % Round.number
        self.local = os.path.join(directory, phase.folder if phase else "", self.row)
        self.jobs = []
        self.job(phase.url(self.row) if phase else Round.waiting.url("/file", self.row))
        if phase:
            client.resume()
            phase.wait(client, self.row)

    def job(self, url):
        self.jobs.append(self.client.create(self.row)["id"])
        self.client.priority(NORMAL)
        self.client.add(url, rig.windows("%s.%d" % (self.local, len(self.jobs))))

    def act(self, method):
        """Milliseconds until the call is back, the connection has ended, and the waiting job is at its server; None
        for what there is not."""
        other = self.row + "b" if method == "priority" and self.phase else None
        if other:
            self.job(Round.waiting.url("/hang", other))
            self.client.resume()
            self.client.find(self.jobs[0])
        begun = time.monotonic()

        def since(condition):
            if not rig.wait_for(condition):
                raise rig.Failure("%s: nothing happens for %d s" % (method, rig.DEADLINE))
            return (time.monotonic() - begun) * 1000

        call = getattr(self.client, method)(*([LOW] if method == "priority" else [])).ms
        return (call, since(self.phase.closed) if self.phase and self.phase.port else None,
                since(lambda: Round.waiting.of(other)) if other else None)

    def end(self):
        for job in self.jobs:
            if not self.client.step("find", job).hr:
                self.client.step("cancel")


def measure(client, name, phase, directory):
    for method in "suspend", "cancel", "priority":
        if phase and not phase.active and method == "priority":
            continue
        took = []
        for _ in range(ROUNDS):
            one = Round(client, phase, directory)
            took.append(one.act(method))
            one.end()
        print("%-28s %-9s %s" % (name, method, " ".join(map(milliseconds, zip(*took)))), flush=True)


def main():
    has_full_disk = rig.mount_full_disk()
    rig.make_prefix()
    rig.use_prefix()
    directory = os.path.join(rig.DRIVE, "react")
    os.makedirs(directory)
    os.symlink(rig.FULL_DISK, os.path.join(directory, phases.FullDisk.folder))
    Round.waiting = rig.Origin()
    client = rig.Client()
    try:
        print("%-38s %-15s  %-15s  %s" % ("median and most of %d, ms" % ROUNDS, "call", "connection ends", "other job served"))
        measure(client, "(a job at rest)", None, directory)
        for phase in phases.PHASES:
            if phase.folder and not has_full_disk:
                print("%s: no mounts here" % phase.name)
                continue
            with phase:
                measure(client, phase.name, phase, directory)
        client.close()
    finally:
        rig.end_session()


if __name__ == "__main__":
    main()
