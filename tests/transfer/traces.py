"""
Traces, with which people ask for help in public: what they say, and what they must not (spec: behaviour 13).

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
import base64
import os
import re

from case import DONE, ERROR, SIZE, Test, http, test
from double import content
from restart import new_session
from rig import Client, end_session, read, windows

LOGIN = base64.b64encode(b"user:t0ppassword")


def traced_session(path):
    """A new session, in which all programs write their traces to that file."""
    Test.client.process.kill()
    Test.client.process.wait()
    end_session()
    with open(path, "wb") as file:
        Test.client = Client(stderr=file, env=dict(os.environ, WINEDEBUG="+qmgr"))


def job(t, path):
    """A job with a secret wherever one can be; its id as traces show it."""
    t.id = t.client.create(t.row)["id"]
    t.client.priority(0)
    t.client.headers("X-Token: t0pheader")
    t.client.credentials("server", "basic", "user", "t0ppassword")
    t.client.add(t.url(path, token="t0pquery").replace("://", "://t0puser:t0pword@"), windows(t.local))
    t.client.resume()
    return t.id.lower().encode()


@test("traces tell the way of a transfer, each change of state once, and no secret")
def secrets(t):
    traces = t.path("traces")
    traced_session(traces)
    try:
        good = job(t, "/file")
        t.rests(DONE)
        t.complete(content(SIZE))
        bad = job(t, "/basic")
        facts = t.rests(ERROR, http(401), 5)
        t.client.cancel()
    finally:
        new_session()
    said = read(traces)
    t.check(any(LOGIN in str(r["headers"]).encode() for r in t.origin.of(t.row)), "the password was not asked for")
    t.check(b"t0p" not in said and LOGIN not in said, "a secret is in the traces")
    t.check("t0p" not in facts["description"], "a secret is in the description: %s", facts["description"])
    t.check(b"GET \"http://(set)@127.0.0.1:%d/file?(set)\"" % t.origin.port in said, "the order is not in the traces")
    for name, wanted in ((good, b"QUEUED CONNECTING TRANSFERRING TRANSFERRED ACKNOWLEDGED"),
                         (bad, b"QUEUED CONNECTING ERROR CANCELLED")):
        t.equal("states", b" ".join(re.findall(re.escape(name) + rb": [A-Z_]+ -> ([A-Z_]+) \(", said)), wanted)
