#!/usr/bin/env python3
# download.py WINE CLIENT BUILD DIRECTORY PREFIX STOCK COUNT URL...: for each URL five alternating downloads by curl and by
# BITS into DIRECTORY, all times in milliseconds, and the ratios of the medians.  A URL that ends in / stands for COUNT
# small files with numbers for names.  Wine's own BITS, in the prefix STOCK, is timed beside them.  Started by tools/bench.
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

import filecmp
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from session import Failure, agents, cpu_time, end_session, service

RUNS = 5
PATIENCE = 300      # seconds


class Downloads:
    """What is fetched: one file, or COUNT small ones whose names end in a number."""

    def __init__(self, directory, url, count=0):
        self.directory, self.url, self.count = directory, url, count
        self.local = None

    def names(self):
        """Pairs of a file of the server and where it was put last."""
        original = os.path.join(self.directory, "web/files", self.url.split("/", 3)[3])
        return [(original + n, self.local + n) for n in map(str, range(self.count))] if self.count else [(original, self.local)]

    def place(self):
        """A new directory: the file system needs long to make files where as many have just been deleted."""
        self.local = os.path.join(tempfile.mkdtemp(dir=self.directory), "file")
        return self.local

    def curl(self):
        url, local = self.url, self.place()
        if self.count:
            url, local = "%s[0-%d]" % (url, self.count - 1), local + "#1"
        started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["curl", "--silent", "--show-error", "--fail", "--cacert", os.environ["SSL_CERT_FILE"], "-o", local, url],
                       check=True)
        took, after = (time.monotonic() - started) * 1000, resource.getrusage(resource.RUSAGE_CHILDREN)
        return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def bits(self, wine, client):
        local = "Z:" + self.place().replace("/", "\\")
        words = [wine, client, "download", self.url, local] + ([str(self.count)] if self.count else [])
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failure("no end after %d s" % PATIENCE)
        if done.returncode:
            raise Failure("the client has failed")
        return float(done.stdout.decode())

    def check(self):
        for original, local in self.names():
            if not filecmp.cmp(original, local, shallow=False):
                raise Failure("%s: the file differs" % local)
            if not self.count:
                os.unlink(local)
        os.sync()

    def title(self):
        return "%d files, %s0 ..." % (self.count, self.url) if self.count else self.url


def used(build):
    """CPU seconds of the service and its agents by process id."""
    return {process: cpu_time(process) for process in [service()] + agents(build)}


def warm_up(downloads, wine, client):
    """Starts the service and opens connections; does not count."""
    downloads.curl()
    downloads.check()
    downloads.bits(wine, client)
    downloads.check()


def measure(downloads, wine, client, build):
    # as long as a program runs, so does the service
    with subprocess.Popen([wine, client, "job"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL):
        warm_up(downloads, wine, client)
        compare(downloads, wine, client, build)


def compare(downloads, wine, client, build):
    times, cpu = {"curl": [], "bits": []}, {"curl": [], "bits": []}
    for _ in range(RUNS):
        took, seconds = downloads.curl()
        times["curl"].append(took)
        cpu["curl"].append(seconds)
        downloads.check()
        before = used(build)
        times["bits"].append(downloads.bits(wine, client))
        cpu["bits"].append(sum(seconds - before.get(process, 0) for process, seconds in used(build).items()))
        downloads.check()
    for who in times:
        print("  %-4s  %s  median %5.0f ms, CPU %.2f s" % (who, " ".join("%5.0f" % t for t in times[who]),
                                                        statistics.median(times[who]), statistics.median(cpu[who])))
    print("  ratio %.3f, of CPU %.2f" % tuple(statistics.median(what["bits"]) / statistics.median(what["curl"])
                                            for what in (times, cpu)), flush=True)


def beside(downloads, wine, client):
    """The same by the BITS of a prefix without ours, once: it takes long."""
    # its activation alone fails in a new session; it holds the session too
    subprocess.run([wine, "net", "start", "bits"], stdout=subprocess.DEVNULL, check=True)
    try:
        took = downloads.bits(wine, client)
        downloads.check()
        print("  Wine's own  %.0f ms" % took, flush=True)
    except Failure as failure:
        print("  Wine's own cannot do it: %s" % failure, flush=True)


def main():
    wine, client, build, directory, prefix, stock, small = sys.argv[1:8]
    for url in sys.argv[8:]:
        downloads = Downloads(directory, url, int(small) if url.endswith("/") else 0)
        print(downloads.title(), flush=True)
        os.environ["WINEPREFIX"] = prefix
        try:
            measure(downloads, wine, client, build)
        except Failure as failure:
            sys.exit("%s: %s" % (url, failure))
        if url.startswith("http:"):     # it would not know the authority of the other's certificate
            os.environ["WINEPREFIX"] = stock
            beside(downloads, wine, client)
        end_session()


if __name__ == "__main__":
    main()
