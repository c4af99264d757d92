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
from rig import DEADLINE, Silent, double, wait_for

# --- stopping and going on ------------------------------------------------------------------------------------------

def stops(sentence, path, requests, act):
    @test(sentence)
    def run(t):
        t.job(t.url(path))
        t.client.resume()
        t.check(wait_for(lambda: len(t.requests()) == requests), "the server is not asked")
        if requests > 1:
            t.client.bytes(SIZE // 2, DEADLINE * 1000)
        t.ends_within(lambda: t.client.step(act), t.connection_end())
        t.equal("state", t.client.facts()["state"], "SUSPENDED" if act == "suspend" else "CANCELLED")
        if act == "suspend":
            t.client.cancel()
        t.check(wait_for(lambda: not os.listdir(t.directory)), "files are left: %s", os.listdir(t.directory))


for method in "suspend", "cancel":
    stops("%s stops a transfer whose server does not answer" % method.title(), "/hang", 1, method)
    stops("%s stops a transfer whose server stops in the body" % method.title(), "/in-turn/file/hang-body", 2, method)


@test("Suspend stops a transfer whose server says nothing in the TLS handshake")
def hang_tls(t):
    silent = Silent()
    t.job("https://localhost:%d/x" % silent.port)
    t.client.resume()
    t.check(silent.begun.wait(DEADLINE), "nobody connects")
    t.equal("state", t.client.facts()["state"], "CONNECTING")
    t.ends_within(lambda: t.client.step("suspend"), lambda: silent.ended)
    t.cancel()


@test("a suspended transfer goes on where it was")
def goes_on(t):
    t.half(t.url("/in-turn/file/hang-body/file"))
    t.client.suspend()
    t.equal("bytes while suspended", t.client.facts()["bytes"], str(SIZE // 2))
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", REST])
    t.complete(double.content(SIZE))


@test("a broken transfer goes on with the bytes that it has")
def goes_on_after_error(t):
    t.job(t.url("/in-turn/file/truncate/file"))
    t.client.resume()
    facts = t.rests(TRANSIENT, CONNECTION_ERROR, REMOTE_FILE)
    t.equal("bytes", facts["bytes"], str(SIZE // 2))
    t.equal("error count", facts["error_count"], "1")
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", REST])
    t.complete(double.content(SIZE))


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


