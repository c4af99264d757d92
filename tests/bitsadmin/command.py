# Runs bitsadmin in the prefix, and compares what it says.
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

import concurrent.futures
import json
import os
import re
import subprocess

import rig

BANNER = "\nBITSADMIN version 3.0\nBITS administration utility.\n(C) Copyright the winebits authors.\n\n"
GUID = r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}"
DONE, FAILED, USAGE, JOB_FAILED, TIMEOUT, HASH, STOPPED = range(7)

origin = None       # the server
keeper = None       # a program that runs: a session ends with its last one, and the service with it
tests = []          # name and function, in order


def test(function):
    """A test; its name says what is true."""
    tests.append((function.__name__.replace("_", " "), function))
    return function


def begin_session():
    """The session's own processes must not hold the pipes that some command's output goes to."""
    global keeper
    subprocess.run([rig.WINE, "cmd", "/c", "exit"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=2 * rig.DEADLINE)
    keeper = rig.Client()


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.raw = done.stdout
        self.out = done.stdout.decode("utf-8").replace("\r\n", "\n")
        self.err = done.stderr.decode("utf-8").replace("\r\n", "\n")


def start(*args, **options):
    return subprocess.Popen([rig.WINE, "bitsadmin", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


def end(process):
    """The result of a started command."""
    out, err = process.communicate(timeout=2 * rig.DEADLINE)
    return Result(subprocess.CompletedProcess(process.args, process.returncode, out, err))


def run(*args, code=DONE):
    """The output without the banner, which must be there unless it is for programs; fails with another exit code."""
    result = end(start(*args))
    if result.code != code:
        raise rig.Failure("%s: ended with %d, not %d:\n%s%s" % (" ".join(args), result.code, code, result.out, result.err))
    if args and args[0].upper() in ("/RAWRETURN", "/JSON"):
        return result.out if code == DONE else result.out + result.err
    if not result.out.startswith(BANNER):
        raise rig.Failure("%s: no banner: %r" % (" ".join(args), result.out))
    return result.out[len(BANNER):]


def together(function, calls):
    """What the function returns for each of the argument tuples, which do not depend on each other."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda args: function(*args), calls))


def same(got, wanted, what=""):
    if got != wanted:
        raise rig.Failure("%s\n got: %r\nwant: %r" % (what, got, wanted))


def says(wanted, *args, code=DONE):
    same(run(*args, code=code), wanted, " ".join(args))


def like(pattern, *args, code=DONE):
    """The whole output matches the pattern; the match."""
    output = run(*args, code=code)
    match = re.fullmatch(pattern, output, re.S)
    if not match:
        raise rig.Failure("%s\n got: %r\nlike: %r" % (" ".join(args), output, pattern))
    return match


def raw(*args):
    return run("/RAWRETURN", *args)


def data(*args):
    return json.loads(run("/JSON", *args))


def jobs():
    return data("/LIST")["jobs"]


class Job:
    """A new job, cancelled at the end of a with statement."""

    def __init__(self, name, *options):
        self.name = name
        self.id = raw("/CREATE", *options, name)
        if not re.fullmatch(GUID, self.id):
            raise rig.Failure("/CREATE: %r" % self.id)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        end(start("/CANCEL", self.id))


def directory(name):
    """A new directory in drive C:, and its Windows name."""
    path = os.path.join(rig.DRIVE, name)
    os.makedirs(path)
    return path, rig.windows(path)
