# The Wine session of $WINEPREFIX, for the benchmarks.
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
import subprocess


class Failure(Exception):
    pass


def end_session():
    for option in "-k", "-w":
        subprocess.run(["wineserver", option], check=False)


def service():
    """The process id of the prefix's BITS service, known by its module."""
    prefix = os.environ["WINEPREFIX"]
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/maps" % name) as file:
                maps = file.read()
            with open("/proc/%s/environ" % name, "rb") as file:
                ours = ("WINEPREFIX=" + prefix).encode() in file.read().split(b"\0")
        except OSError:
            continue
        if ours and "/qmgr.dll" in maps.lower():
            return name
    raise Failure("there is no service")


def agents(build):
    """The process ids of the agents built in that directory."""
    found = []
    for name in os.listdir("/proc"):
        try:
            program = os.readlink("/proc/%s/exe" % name)
        except OSError:
            continue
        if program.startswith(build + "/") and os.path.basename(program) == "winebits-agent":
            found.append(name)
    return found


def cpu_time(process):
    """Seconds, of all its threads."""
    with open("/proc/%s/stat" % process) as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
