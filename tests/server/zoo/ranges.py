"""
Parts: asked for or not, of the right place or another.

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
from keeper import *  # noqa: F403

AGAIN = "HEAD, GET, HEAD, " + REST


def resumed(name, state, requests, code=None, path="", **more):
    """The first GET breaks off in the middle; what does the server say to the request for the rest?"""
    return creature(name, state, requests, code, "/in-turn/file/truncate/" + (path or "file/" + name), **more)


resumed("resume", DONE, AGAIN, path="file")
resumed("resume-head-405", DONE, AGAIN, path="status-405/file")
resumed("resume-head-403", DONE, AGAIN, path="status-403/file")
resumed("resume-reset", DONE, AGAIN, path="file/file")
resumed("range-ignored", ERROR, AGAIN, INSUFFICIENT_RANGE_SUPPORT, path="file/no-range")
resumed("resume-416", ERROR, AGAIN, http(416), path="file/status-416")
resumed("resume-404", ERROR, AGAIN, http(404), path="file/status-404")
resumed("resume-503", TRANSIENT, AGAIN, http(503), path="file/status-503")


@resumed("range-one-early", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_one_early(r):
    """a range one byte before the one that was asked for"""
    first, last = r.range()
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/%d" % (first - 1, last - 1, r.size)), length=last - first + 1)
    r.content(last - first + 1, first - 1)


@resumed("range-from-zero", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_from_zero(r):
    """206 with the whole file"""
    r.head(206, *r.validators(), ("Content-Range", "bytes 0-%d/%d" % (r.size - 1, r.size)), length=r.size)
    r.content(r.size)


@resumed("range-of-another-total", DONE, AGAIN + ", HEAD, GET")
def range_of_another_total(r):
    """once a part of a longer file; then the file of before"""
    first, last = r.range() or (0, r.size - 1)
    if r.server.count(["another-total", r.query["row"]]) > 1:
        return double.file(r)
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/%d" % (first, last, r.size + 1)), length=last - first + 1)
    r.content(last - first + 1, first)


@resumed("range-without-content-range", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_without_content_range(r):
    """206 that does not say which part it is"""
    r.head(206, *r.validators(), length=r.size // 2)
    r.content(r.size // 2, r.size // 2)


@resumed("range-malformed", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_malformed(r):
    """a Content-Range that ends before it begins"""
    r.head(206, *r.validators(), ("Content-Range", "bytes 99999-50000/100000"), length=r.size // 2)
    r.content(r.size // 2, r.size // 2)


def twice(first):
    """206 with two Content-Range, of which the second is right"""
    def answer(r):
        right = "bytes 50000-99999/100000"
        r.head(206, *r.validators(), ("Content-Range", first or right), ("Content-Range", right), length=50000)
        r.content(50000, 50000)
    return answer


resumed("range-said-twice", DONE, AGAIN)(twice(None))
resumed("range-of-two-places", ERROR, AGAIN, INVALID_SERVER_RESPONSE)(twice("bytes 49999-99998/100000"))
resumed("range-of-two-totals", ERROR, AGAIN, INVALID_SERVER_RESPONSE)(twice("bytes 50000-99999/100001"))


@resumed("range-of-unknown-total", DONE, AGAIN)
def range_of_unknown_total(r):
    """Content-Range with an asterisk for the size of the file"""
    first, last = r.range()
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/*" % (first, last)), length=last - first + 1)
    r.content(last - first + 1, first)


@resumed("range-as-multipart", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_as_multipart(r):
    """multipart/byteranges in answer to one range"""
    part = b"--x\r\nContent-Range: bytes 50000-99999/100000\r\n\r\n" + double.content(50000, 50000) + b"\r\n--x--\r\n"
    r.head(206, *r.validators(), ("Content-Type", "multipart/byteranges; boundary=x"), length=len(part))
    r.body(part)


@resumed("range-length-lies", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_length_lies(r):
    """a Content-Length that is not that of the Content-Range"""
    r.head(206, *r.validators(), ("Content-Range", "bytes 50000-99999/100000"), length=49999)
    r.content(49999, 50000)


@resumed("range-compressed", ERROR, AGAIN, INVALID_SERVER_RESPONSE)
def range_compressed(r):
    """a part of another representation"""
    r.head(206, *r.validators(), ("Content-Encoding", "gzip"), ("Content-Range", "bytes 50000-99999/100000"), length=50000)
    r.content(50000, 50000)


@resumed("range-in-small-pieces", DONE, AGAIN + ", GET 70000-99999, GET 90000-99999")
def range_in_small_pieces(r):
    """no more than 20000 bytes at once"""
    first, last = r.range()
    last = min(last, first + 19999)
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/%d" % (first, last, r.size)), length=last - first + 1)
    r.content(last - first + 1, first)


@double.behaviour("unasked-206")
def unasked_206(r):
    """206 with the first PART bytes of the file, whatever was asked for"""
    part = int(r.query["part"])
    r.head(206, *r.validators(), ("Content-Range", "bytes 0-%d/%d" % (part - 1, r.size)), length=part)
    r.content(part)


creature("unasked-whole-206", DONE, "HEAD, GET", path="/in-turn/file/unasked-206", part=100000)
creature("unasked-half-206", ERROR, "HEAD, GET", INVALID_SERVER_RESPONSE, path="/in-turn/file/unasked-206", part=50000)
creature("unasked-206-to-all", DONE, "HEAD, GET undated", path="/unasked-206", part=100000)
