"""
Transfers that are stopped, break off, or do not find their server.  What servers do besides is in tests/server/zoo.

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
import socket

from case import *  # noqa: F403
from phases import PHASES
from rig import DEADLINE, FULL_DISK, Skip, double, temporaries, wait_for, windows

LOW = 3     # BG_JOB_PRIORITY

# --- stopping and going on ------------------------------------------------------------------------------------------

def begin(t, phase):
    """A background job that is in that phase; its id."""
    if phase.folder:
        if not t.has_full_disk:
            raise Skip("no mounts here")
        os.symlink(FULL_DISK, t.path(phase.folder))
    job = t.client.create(t.row)["id"]
    t.client.add(phase.url(t.row), windows(t.path(os.path.join(phase.folder, "out.bin"))))
    t.client.resume()
    phase.wait(t.client, t.row)
    return job


def stops(phase, method, state):
    @test("%s acts at once: %s" % (method.title(), phase.name))
    def run(t):
        with phase:
            begin(t, phase)
            t.ends_within(lambda: t.client.step(method), phase.closed)
            t.equal("state", t.client.facts()["state"], state)
            if method != "cancel":
                t.client.cancel()
            directory = t.path(phase.folder)
            t.check(wait_for(lambda: not temporaries(directory)), "files are left: %s", temporaries(directory))


def gives_way(phase):
    @test("a lowered priority acts at once: %s" % phase.name)
    def run(t):
        with phase:
            job, other = begin(t, phase), Test()
            waiting = other.client.create(other.row)["id"]
            other.client.add(other.url("/hang"), windows(other.local))
            other.client.resume()
            t.client.find(job)
            t.ends_within(lambda: t.client.step("priority", str(LOW)), phase.closed)
            t.check(wait_for(lambda: other.requests()), "the other job does not begin")
            t.equal("state", t.client.facts()["state"], "QUEUED")
            for each in job, waiting:
                t.client.find(each)
                t.client.cancel()


for phase in PHASES:
    stops(phase, "suspend", "SUSPENDED")
    stops(phase, "cancel", "CANCELLED")
    if phase.active:
        gives_way(phase)


@test("a suspended transfer goes on where it was")
def goes_on(t):
    t.half(t.url("/in-turn/file/hang-body/file"))
    t.client.suspend()
    t.equal("bytes while suspended", t.client.facts()["bytes"], str(SIZE // 2))
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", REST])
    t.complete(double.content(SIZE))


BROKEN_TWICE = "/in-turn/file/truncate/file/truncate/file"
HALVES = ["HEAD", "GET", "HEAD", REST, "HEAD", "GET 75000-99999"]


@test("a broken transfer goes on with the bytes that it has")
def goes_on_after_error(t):
    t.job(t.url(BROKEN_TWICE + "/truncate/file"))
    t.client.resume()
    facts = t.rests(TRANSIENT, CONNECTION_ERROR, REMOTE_FILE)
    t.equal("bytes", facts["bytes"], str(SIZE - SIZE // 8))
    t.equal("error count", facts["error_count"], "1")
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(), HALVES + ["HEAD", "GET 87500-99999"])
    t.complete(double.content(SIZE))


@test("connections lost before a file came whole do not count for the next file")
def lost_connections_are_forgotten(t):
    size = 300000   # not so small that the next file's size is asked for meanwhile
    t.job(*(t.origin.url(BROKEN_TWICE, t.row + name, size=size) for name in ("", "-second")))
    t.client.resume()
    facts = t.rests(DONE)
    t.equal("error count", facts["error_count"], "0")
    t.complete(double.content(size))


@test("nobody listens: transient")
def refused(t):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))    # and no listen()
        t.job("http://127.0.0.1:%d/x" % s.getsockname()[1])
        t.client.resume()
        t.rests(TRANSIENT, CANNOT_CONNECT, REMOTE_FILE)
    t.cancel()


@test("a host that has no address: transient")
def unknown_host(t):
    t.job("http://no-such-host.invalid/x")
    t.client.resume()
    t.rests(TRANSIENT, NAME_NOT_RESOLVED, REMOTE_FILE)
    t.cancel()


