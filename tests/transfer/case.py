"""
What a test is given, and how it tells what it found.

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
import itertools
import os
import time

from rig import DEADLINE, DRIVE, read, temporaries, wait_for, windows

DONE, ERROR, TRANSIENT = "TRANSFERRED", "ERROR", "TRANSIENT_ERROR"
RESTING = DONE, ERROR, TRANSIENT

# contexts of errors
QUEUE_MANAGER, LOCAL_FILE, REMOTE_FILE, CERTIFICATE_CALLBACK = 2, 4, 5, 8

ACCESS_DENIED = 0x80070005
DISK_FULL = 0x80070070
NAME_NOT_RESOLVED = 0x80072ee7
CANNOT_CONNECT = 0x80072efd
CERTIFICATE_NEEDED = 0x80072f0c
CONNECTION_ERROR = 0x80072efe
INVALID_RESPONSE = 0x80072f78
SECURE_FAILURE = 0x80072f8f
CERT_REV_FAILED = 0x80072f19
CERT_REVOKED = 0x80072f8a
PARTIAL_COMPLETE = 0x00200017
MISSING_FILE_SIZE = 0x80200011
INSUFFICIENT_RANGE_SUPPORT = 0x80200013
INVALID_SERVER_RESPONSE = 0x8020001b
REMOTE_FILE_CHANGED = 0x80200073
TOKEN_REQUIRED = 0x80200056
JUDGE_REQUIRED = 0x80200074
READ_ONLY_WHEN_ACTIVE = 0x80200075
UNTRUSTED_ROOT = 0x800b0109
NOT_SUPPORTED = 0x80070032

SIZE = 100000       # of the double's files
REST = "GET 50000-99999"    # the request for the second half
BIG = 8000000       # of nginx's big.bin
MODIFIED = 1000000000
PROMPT = 10         # seconds until a call counts as held up by its server; what it really took is printed


def http(status):
    return 0x80190000 + status


# --- what a test is given -------------------------------------------------------------------------------------------

class Test:
    """One test: a row or a function.  Problems are collected, so that one wrong figure does not hide the next."""
    numbers = itertools.count(1)

    # the same for all tests, set before the first
    client = None       # the Client
    origin = None       # the server without TLS
    lonely = None       # another one, for a creature of tests/server that wants no company
    abroad = None       # one whose name is not ASCII, encoded
    six = None          # one with IPv6, if there is any
    # those with TLS, and with the certificates of rig.make_certificates(), which are in this directory
    secure = wrong_host = stranger = expired = misused = listed = certificates = None
    lists = None        # the server of the list of revoked certificates that listed's names
    web = ports = None  # nginx: its directory, and its ports as start_nginx() gives them
    has_full_disk = False   # rig.FULL_DISK is a file system of 1 MB

    def __init__(self):
        self.row = "t%d" % next(self.numbers)
        self.problems = []
        self.notes = []     # shown behind the sentence
        self.directory = os.path.join(DRIVE, "t", self.row)
        os.makedirs(self.directory)
        self.local = self.path("out.bin")
        self.id = None      # of the job made last

    def path(self, name):
        return os.path.join(self.directory, name)

    def check(self, condition, text, *args):
        if not condition:
            self.problems.append(text % args if args else text)

    def equal(self, what, got, wanted):
        self.check(got == wanted, "%s: %r instead of %r", what, got, wanted)

    def url(self, path, server=None, **query):
        return (server or self.origin).url(path, self.row, **query)

    def job(self, *urls, ranges=None):
        """A foreground job with these files: out.bin, out1.bin, ...; of RANGES ("OFFSET:LENGTH,OFFSET:eof") only"""
        self.id = self.client.create(self.row)["id"]
        self.client.priority(0)
        for number, url in enumerate(urls):
            local = windows(self.path("out%s.bin" % (number or "")))
            if ranges:
                self.client.ranges(url, local, ranges)
            else:
                self.client.add(url, local)

    def half(self, url):
        """A running job that has half of its file, from a server that sends no more."""
        self.job(url)
        self.client.resume()
        self.client.bytes(SIZE // 2, DEADLINE * 1000)

    def rests(self, state, code=None, context=None):
        """Waits until the job comes to rest, and checks how; its facts."""
        self.client.step("wait", ",".join(RESTING), DEADLINE * 1000)
        facts = self.client.facts()
        self.equal("state", facts["state"], state)
        self.equal("code", facts.get("code"), code and "0x%08x" % code)
        if code:
            self.equal("context", facts.get("context"), str(context))
            self.check("description" in facts, "the error has no description")
        if facts["state"] != state or self.problems:
            self.notes.append(facts.get("description", "no description"))
        return facts

    def hears(self, call):
        """Waits for the callback of the job's state; it shall be the only one."""
        self.client.heard(call.split()[0], DEADLINE * 1000)
        self.equal("callbacks", self.client.calls().calls, [call])

    def complete(self, data=None, wanted_hr=0):
        """Completes the job, whose file out.bin shall be DATA then, without a trace of the temporary file."""
        self.equal("result of Complete", self.client.step("complete").hr, wanted_hr)
        self.check(os.path.exists(self.local), "there is no file")
        if data is not None and os.path.exists(self.local):
            self.check(read(self.local) == data, "the file has other bytes")
        self.equal("temporary files", temporaries(self.directory), [])

    def cancel(self):
        """Cancels the job, of which nothing shall be left."""
        self.client.cancel()
        self.equal("files after Cancel", os.listdir(self.directory), [])

    def requests(self, server=None):
        return [brief(r) for r in (server or self.origin).of(self.row)]

    def requests_ahead(self, *gets):
        """The requests, where GET at these places and HEAD for the next file, on another connection, may have come in
        any order."""
        requests = self.requests()
        for i in gets:
            requests[i:i + 2] = sorted(requests[i:i + 2])
        return requests

    def ends_within(self, act, ended):
        """Does ACT, and checks how soon it returns and the server sees the end of the connection."""
        started = time.monotonic()
        answer = act()
        returned = time.monotonic()
        end = wait_for(ended)
        self.check(end, "the connection stays")
        self.notes.append("call %.0f ms, connection ended after %.0f ms" % (answer.ms, ((end or 0) - started) * 1000))
        self.check(returned - started < PROMPT, "the call took %.0f ms", (returned - started) * 1000)
        self.check(end and end - started < PROMPT, "the connection took too long to end")

    def connection_end(self):
        """For ends_within(): when the connection of this row's last request has ended."""
        number = self.origin.of(self.row)[-1]["connection"]
        return lambda: self.origin.ended.get(number)


def brief(request):
    """METHOD [RANGE] [undated]"""
    headers = dict(request["headers"])
    text = request["method"]
    if "Range" in headers:
        text += " " + headers["Range"].replace("bytes=", "")
    if request["method"] == "GET" and "If-Unmodified-Since" not in headers:
        text += " undated"
    return text


def check_headers(test, request):
    """Exactly these, in this order (spec: behaviour 4.3); but libcurl puts Host first, which Windows puts last."""
    got = [(name, "" if name in ("If-Unmodified-Since", "Range", "Host") else value) for name, value in request["headers"]]
    wanted = [("Host", ""), ("Connection", "Keep-Alive"), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    wanted += [item for item in (("If-Unmodified-Since", ""), ("Range", "")) if item in got and request["method"] == "GET"]
    wanted += [("User-Agent", "Microsoft BITS/7.8")]
    test.equal("headers of " + brief(request), got, wanted)


tests = []


def test(sentence):
    def add(function):
        tests.append((sentence, function))
        return function
    return add


def owner_sid(client):
    """Of everybody in this prefix: a restricted token keeps the user."""
    client.create("who")
    client.helper("restricted")
    sid = client.flags(0)["sid"]
    client.cancel()
    return sid
