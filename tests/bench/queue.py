#!/usr/bin/env python3
# queue.py WINE CLIENT JOBS NAME PREFIX...: what a queue of JOBS jobs costs in each prefix.  Started by tools/bench.
#
# The service is filled, stopped with its whole session, and measured in the next ones.
#
# Copyright 2026 The winebits authors
#
# This library is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# This library is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.

import os
import select
import statistics
import subprocess
import sys

from session import Failure, end_session, service

RUNS = 5
CREATES = 1000      # for each of the runs
BLOCKS = 1, 100, 1000
THREADS = 1, 2
PATIENCE = 300      # seconds


class Client:
    def __init__(self, wine, program):
        self.process = subprocess.Popen([wine, program, "queue"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def step(self, *words):
        """Milliseconds."""
        self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        self.process.stdin.flush()
        # Wine's own service may hang
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.process.kill()
            raise Failure("%s: no answer for %d s" % (" ".join(map(str, words)), PATIENCE))
        line = self.process.stdout.readline().decode().strip()
        try:
            return float(line)
        except ValueError:
            raise Failure("%s: %s" % (" ".join(map(str, words)), line or "the client has ended"))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def memory():
    """What the service holds: resident, its share of what it shares with others, and what is its own alone; MiB."""
    sizes = {}
    with open("/proc/%s/smaps_rollup" % service()) as file:
        for line in file.readlines()[1:]:
            name, value = line.split()[:2]
            sizes[name.rstrip(":")] = int(value) / 1024
    return "%.1f MiB resident, %.1f MiB proportional, %.1f MiB private" % (
        sizes["Rss"], sizes["Pss"], sizes["Private_Dirty"] + sizes["Private_Clean"])


def say(what, times, more=""):
    print("  %-34s %s  median %.1f ms%s" % (what, " ".join("%7.1f" % t for t in times), statistics.median(times), more),
          flush=True)


def creates(client, threads):
    """Beside the objects that cost the service nothing, in turn: what is more is the job's own cost."""
    took = {"object": [], "create": []}
    for _ in range(RUNS):
        for step in took:
            took[step].append(client.step(step, CREATES, threads) * 1000 / CREATES)
    objects, jobs = (statistics.median(took[step]) for step in ("object", "create"))
    print("  %d threads: CreateJob and Release %.0f us, %.0f a second; of it an object through COM %.0f us, the job %.0f us, "
          "%.0f a second" % (threads, jobs, 1e6 / jobs, objects, jobs - objects, 1e6 / max(jobs - objects, 1)), flush=True)


def measure(client, jobs):
    """A service that has been started with that many jobs."""
    say("EnumJobs", [client.step("enum", jobs) for _ in range(RUNS)])
    for block in BLOCKS:
        say("all jobs, Next of %d" % block, [client.step("take", jobs, block) for _ in range(2)])
    print("  with %d jobs: %s" % (jobs, memory()), flush=True)
    for threads in THREADS:
        creates(client, threads)


def bench(wine, program, jobs):
    client = Client(wine, program)
    print("  an empty service: first call after %.0f ms, %s" % (client.step("start"), memory()), flush=True)
    print("  filled in %.1f s" % (client.step("fill", jobs) / 1000), flush=True)
    client.close()
    end_session()
    first = []
    for run in range(RUNS):
        client = Client(wine, program)
        first.append(client.step("start"))
        if run < RUNS - 1:
            client.close()
            end_session()
    say("first call after its start", first)
    try:
        client.step("enum", jobs)
    except Failure as failure:
        print("  not kept, filled anew: %s" % failure)
        end_session()
        client = Client(wine, program)
        client.step("start")
        client.step("fill", jobs)
    measure(client, jobs)
    client.close()


def main():
    wine, program, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for name, prefix in zip(sys.argv[4::2], sys.argv[5::2]):
        os.environ["WINEPREFIX"] = prefix
        print("%s, %d jobs" % (name, jobs), flush=True)
        try:
            bench(wine, program, jobs)
        except Failure as failure:
            print("  cannot do it: %s" % failure, flush=True)
        finally:
            end_session()


if __name__ == "__main__":
    main()
