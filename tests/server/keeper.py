"""
How a behaviour of the zoo is stated: what the server does, what the job must end as, which requests it makes.

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
import fnmatch
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../transfer"))
from case import *  # noqa: E402,F401,F403
from case import DONE, REMOTE_FILE, SIZE, Test, check_headers  # noqa: E402
from rig import double, windows  # noqa: E402

creatures = {}


def creature(name, state, requests, code=None, path=None, **more):
    """The double answers PATH; without one, the function that follows answers /NAME.  MORE: see Creature."""
    if name in creatures:
        raise ValueError("two creatures are called " + name)
    creatures[name] = Creature(name, path or "/" + name, state, requests, code, **more)
    return double.behaviour(name)


def of_ranges(size, ranges):
    """What a job has at the end of the double's file of SIZE bytes."""
    content = double.content(size)
    if not ranges:
        return content
    pairs = (text.split(":") for text in ranges.split(","))
    return b"".join(content[int(first):][:None if length == "eof" else int(length)] for first, length in pairs)


class Creature:
    def __init__(self, name, path, state, requests, code, *, server="origin", size=SIZE, data=None, total=None,
                 setup=lambda client: None, exact=True, ranges=None, **query):
        """The job comes to rest in STATE with CODE after these REQUESTS ("HEAD, GET undated, GET 50000-99999, GET *": any).

        SERVER: an attribute of Test; SIZE: of its file; DATA: what the job must have, if not that file; TOTAL: BytesTotal,
        if not the size of the data; SETUP(client): what the job needs besides its file; EXACT: whether the double sees the job's own headers; RANGES: of
        the file, as Test.job() takes them."""
        self.name, self.path, self.state, self.code = name, path, state, code
        self.requests = requests.split(", ") if requests else []
        self.server, self.setup, self.exact = server, setup, exact
        self.query = dict(query, size=size)
        self.data = of_ranges(size, ranges) if data is None and state == DONE else data
        self.ranges = ranges
        self.total = total

    def enter(self):
        """Starts the job."""
        self.test = Test()
        self.source = getattr(self.test, self.server)
        self.test.job(self.test.url(self.path, self.source, **self.query), ranges=self.ranges)
        self.setup(self.test.client)
        self.test.client.resume()

    def rests(self, state, code):
        return self.test.rests(state, code, REMOTE_FILE)

    def leave(self):
        """Looks how the job ended; the problems."""
        t = self.test
        t.client.find(t.id)
        facts = self.rests(self.state, self.code)
        requests = t.requests(self.source)
        if len(requests) != len(self.requests) or not all(map(fnmatch.fnmatchcase, requests, self.requests)):
            t.equal("requests", requests, self.requests)
        for request in self.source.of(t.row) if self.exact else ():
            check_headers(t, request)
        t.check(not os.path.exists(t.local), "the file is there before Complete")
        if self.total is not None:
            t.equal("total", facts["total"], str(self.total))
        if self.state == DONE:
            t.equal("counters", [facts[k] for k in ("bytes", "total", "files", "files_transferred", "error_count")],
                    [str(len(self.data))] * 2 + ["1", "1", "0"])
            t.complete(self.data)
        else:
            t.equal("file of the error", facts.get("file"), windows(t.local))
            t.cancel()
        return t.problems
