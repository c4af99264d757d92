#!/usr/bin/env python3
# download.py WINE CLIENT DIRECTORY URL...: for each URL five alternating downloads by curl and by BITS into DIRECTORY,
# all times in milliseconds, and the ratio of the medians.  Started by tools/bench.
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
import statistics
import subprocess
import sys
import time

RUNS = 5


def run_curl(url, path):
    started = time.monotonic()
    subprocess.run(["curl", "--silent", "--show-error", "--fail", "--cacert", os.environ["SSL_CERT_FILE"], "-o", path, url],
                   check=True)
    return (time.monotonic() - started) * 1000


def run_bits(wine, client, url, path):
    local = "Z:" + path.replace("/", "\\")
    done = subprocess.run([wine, client, "download", url, local], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return float(done.stdout.decode())


def measure(wine, client, directory, url):
    """Prints the runs for one URL; the first pair warms caches and connections and does not count."""
    original = os.path.join(directory, "web/files", os.path.basename(url))
    times = {"curl": [], "bits": []}
    for number in range(RUNS + 1):
        for name in "curl", "bits":
            path = os.path.join(directory, name + ".bin")
            took = run_curl(url, path) if name == "curl" else run_bits(wine, client, url, path)
            if not filecmp.cmp(original, path, shallow=False):
                sys.exit("%s: the file differs" % name)
            os.unlink(path)
            os.sync()
            if number:
                times[name].append(took)
    print(url)
    for name in times:
        print("  %s  %s  median %.0f ms" % (name, " ".join("%5.0f" % t for t in times[name]), statistics.median(times[name])))
    print("  ratio %.3f" % (statistics.median(times["bits"]) / statistics.median(times["curl"])), flush=True)


def main():
    wine, client, directory = sys.argv[1:4]
    for url in sys.argv[4:]:
        measure(wine, client, directory, url)


if __name__ == "__main__":
    main()
