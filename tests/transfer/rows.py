"""
One file and one run, or two: the table of what a server does and how the job ends.

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
from rig import DEADLINE, Silent, double, newer_content, wait_for, windows

# --- one file, one run: the table -----------------------------------------------------------------------------------

def row(sentence, path, state, code=None, requests="HEAD, GET", context=REMOTE_FILE, server="origin", priority=0,
        size=SIZE, data=None, **query):
    """A test: the double answers PATH; the job comes to rest in STATE after these requests."""
    @test(sentence)
    def run(t):
        source = getattr(t, server)
        t.job(t.url(path, source, **dict(query, size=size)))
        t.client.priority(priority)
        t.client.resume()
        facts = t.rests(state, code, context)
        t.equal("requests", t.requests(source), requests.split(", ") if requests else [])
        for request in source.of(t.row):
            check_headers(t, request)
        t.check(not os.path.exists(t.local), "the file is there before Complete")
        if state == DONE:
            t.hears("transferred 0x00000000")
            t.equal("counters", [facts[k] for k in ("bytes", "total", "files", "files_transferred", "error_count")],
                    [str(size if data is None else len(data))] * 2 + ["1", "1", "0"])
            t.complete(double.content(size) if data is None else data)
        else:
            t.equal("file of the error", facts.get("file"), windows(t.local))
            if state == ERROR:
                t.hears("error 0x%08x" % code)
            else:
                t.equal("callbacks", t.client.calls().calls, [])
            t.cancel()


row("a plain file", "/file", DONE)
row("a plain file, in the background", "/file", DONE, priority=2)
row("a file of one byte", "/file", DONE, size=1)
row("a file without bytes needs no GET", "/empty", DONE, size=0, requests="HEAD")
row("a file without Last-Modified", "/no-date", DONE, requests="HEAD, GET undated")
row("answers before the answer (103) do not count", "/early-hints", DONE)
row("HEAD refused with 405: GET tells the size", "/no-head", DONE, requests="HEAD, GET undated")
row("HEAD refused with 403", "/in-turn/status-403/file", DONE, requests="HEAD, GET undated")
row("HEAD refused with 501", "/in-turn/status-501/file", DONE, requests="HEAD, GET undated")

# spec: behaviour 3.2; 403, 405 and 501 may mean HEAD alone
for number in 400, 401, 402, 404, 406, 407, 410, 411, 412, 413, 414, 416, 417, 451, 499, 505:
    row("status %d is fatal" % number, "/status/%d" % number, ERROR, http(number), requests="HEAD")
for number in 300, 301, 302, 303, 304, 305, 307:
    row("status %d that leads nowhere is fatal" % number, "/status/%d" % number, ERROR, http(number), requests="HEAD")
for number in 403, 405, 501:
    row("status %d is fatal when GET gets it too" % number, "/status/%d" % number, ERROR, http(number),
        requests="HEAD, GET undated")
for number in 204, 306, 308, 408, 409, 500, 502, 503, 504, 507, 599:
    row("status %d is transient" % number, "/status/%d" % number, TRANSIENT, http(number), requests="HEAD")
row("a status that is fatal for GET only", "/in-turn/file/status-404", ERROR, http(404))
row("a status that is transient for GET only", "/in-turn/file/status-503", TRANSIENT, http(503))
row("a server that wants a password", "/basic", ERROR, http(401), requests="HEAD")

row("no Content-Length", "/no-length", ERROR, MISSING_FILE_SIZE, requests="HEAD")
row("a chunked body has no size", "/chunked", ERROR, MISSING_FILE_SIZE, requests="HEAD")
row("no Content-Length, and HEAD refused", "/in-turn/status-405/no-length", ERROR, MISSING_FILE_SIZE,
    requests="HEAD, GET undated")
row("a server that ends after half of the body", "/in-turn/file/truncate", TRANSIENT, CONNECTION_ERROR)
row("a server that resets after half of the body", "/in-turn/file/reset", TRANSIENT, CONNECTION_ERROR)
row("garbage instead of HTTP", "/garbage", TRANSIENT, INVALID_RESPONSE, requests="HEAD")
row("garbage in answer to GET", "/in-turn/file/garbage", TRANSIENT, INVALID_RESPONSE)
row("a part in answer to a plain GET", "/in-turn/file/unasked-part", ERROR, INVALID_SERVER_RESPONSE)
row("a part in answer to HEAD", "/unasked-part", ERROR, INVALID_SERVER_RESPONSE, requests="HEAD")
row("a file is stored as it comes, whatever its Content-Encoding", "/encoded", DONE)

row("a redirect chain, headers and all, for each request", "/redirect/3", DONE,
    requests="HEAD, HEAD, HEAD, HEAD, GET, GET, GET, GET")
row("a redirect that never ends", "/redirect-loop", ERROR, http(302), requests=", ".join(["HEAD"] * 11))
row("a redirect to file:", "/redirect-to", ERROR, http(302), requests="HEAD", to="file:///etc/passwd")
row("a redirect to ftp:", "/redirect-to", ERROR, http(302), requests="HEAD", to="ftp://127.0.0.1/x")

row("changed between HEAD and GET: 412, and begins anew", "/in-turn/file/newer", DONE, requests="HEAD, GET, HEAD, GET",
    data=newer_content(SIZE))
row("changed between HEAD and GET, on a server that does not say 412", "/in-turn/file/newer", DONE,
    requests="HEAD, GET, HEAD, GET", data=newer_content(SIZE), careless=1)
row("a file that changes at each GET", "/changed", TRANSIENT, REMOTE_FILE_CHANGED, requests=", ".join(["HEAD, GET"] * 6))

row("https with a certificate of a known authority", "/file", DONE, server="secure")
row("https with a certificate for another host", "/file", ERROR, SECURE_FAILURE, server="wrong_host", requests="")
row("https with a certificate of an unknown authority", "/file", ERROR, SECURE_FAILURE, server="stranger", requests="")


@double.behaviour("unasked-part")
def unasked_part(r):
    """206 with the first half of the file, whatever was asked for"""
    r.head(206, *r.validators(), ("Content-Range", "bytes 0-%d/%d" % (r.size // 2 - 1, r.size)), length=r.size // 2)
    r.body(double.content(r.size // 2))


@double.behaviour("encoded")
def encoded(r):
    """a file that claims to be compressed"""
    r.head(200, *r.validators(), ("Content-Encoding", "gzip"), length=r.size)
    r.body(double.content(r.size))


@double.behaviour("status-403")
@double.behaviour("status-404")
@double.behaviour("status-405")
@double.behaviour("status-501")
@double.behaviour("status-503")
def status_part(r):
    """for in-turn: that status"""
    r.page(int(r.parts[0].split("-")[1]))


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


def goes_on(sentence, path, state, code=None, requests="", data=None, **query):
    """A test: the job has half of its file, is suspended and resumed."""
    @test(sentence)
    def run(t):
        t.half(t.url(path, **query))
        t.client.suspend()
        t.equal("bytes while suspended", t.client.facts()["bytes"], str(SIZE // 2))
        t.client.resume()
        t.rests(state, code, REMOTE_FILE)
        t.equal("requests", t.requests(), requests.split(", "))
        for request in t.origin.of(t.row):
            check_headers(t, request)
        if state == DONE:
            t.complete(double.content(SIZE) if data is None else data)
        else:
            t.cancel()


goes_on("a suspended transfer goes on where it was", "/in-turn/file/hang-body/file", DONE,
        requests="HEAD, GET, HEAD, " + REST)
goes_on("... also when HEAD is refused then", "/in-turn/file/hang-body/status-405/file", DONE,
        requests="HEAD, GET, HEAD, " + REST)
goes_on("a server that answers a range with the whole file", "/in-turn/file/hang-body/file/no-range", ERROR,
        INSUFFICIENT_RANGE_SUPPORT, requests="HEAD, GET, HEAD, " + REST)
goes_on("a server that sends another range", "/in-turn/file/hang-body/other-range", ERROR,
        INVALID_SERVER_RESPONSE, requests="HEAD, GET, HEAD, " + REST)
goes_on("changed between two parts, seen at HEAD", "/in-turn/file/hang-body/newer", DONE,
        requests="HEAD, GET, HEAD, GET", data=newer_content(SIZE))
goes_on("changed between two parts: 412, and begins anew", "/in-turn/file/hang-body/file/newer", DONE,
        requests="HEAD, GET, HEAD, %s, HEAD, GET" % REST, data=newer_content(SIZE))
goes_on("changed between two parts, on a server that does not say 412", "/in-turn/file/hang-body/file/newer", DONE,
        requests="HEAD, GET, HEAD, %s, HEAD, GET" % REST, data=newer_content(SIZE), careless=1)


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


