"""
Lengths: none, zero, huge, wrong.

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

GIB = 1 << 30

creature("empty", DONE, "HEAD, GET undated", path="/empty", size=0)
creature("no-length", ERROR, "HEAD, GET undated", MISSING_FILE_SIZE, path="/no-length")
creature("chunked", ERROR, "HEAD, GET undated", MISSING_FILE_SIZE, path="/chunked")
creature("no-length-no-head", ERROR, "HEAD, GET undated", MISSING_FILE_SIZE, path="/in-turn/status-405/no-length")
creature("no-length-at-get", ERROR, "HEAD, GET", MISSING_FILE_SIZE, path="/in-turn/file/no-length")
creature("chunked-at-get", ERROR, "HEAD, GET", MISSING_FILE_SIZE, path="/in-turn/file/chunked")
creature("huge-headers", DONE, "HEAD, GET undated", path="/huge-headers", bytes=60000)


# libcurl 8 forgets some of what it has when the connection ends before the job has looked at the headers
@creature("more-than-4-gib", TRANSIENT, "HEAD, GET 0-2147483647, HEAD, GET *, HEAD, GET *", CONNECTION_ERROR, size=5 * GIB,
          total=5 * GIB)
def more_than_4_gib(r):
    """5 GiB, of which each connection gives only a million bytes"""
    if r.command == "HEAD":
        return r.head(200, *r.validators(), length=r.size)
    first, last = r.range()
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/%d" % (first, last, r.size)), length=last + 1 - first)
    r.content(1000000, first)
    r.close_connection = True


@creature("two-lengths", ERROR, "HEAD", INVALID_SERVER_RESPONSE)
def two_lengths(r):
    """two different Content-Lengths"""
    r.head(200, *r.validators(), ("Content-Length", "5"), length=r.size)
    r.content(r.size)


@creature("same-length-twice", DONE, "HEAD, GET")
def same_length_twice(r):
    """the same Content-Length twice"""
    r.head(200, *r.validators(), ("Content-Length", str(r.size)), length=r.size)
    r.content(r.size)


@creature("more-than-promised", DONE, "HEAD, GET")
def more_than_promised(r):
    """a thousand bytes behind the end of the body"""
    r.head(200, *r.validators(), length=r.size)
    r.content(r.size + 1000)
    r.close_connection = True


@creature("get-is-longer", TRANSIENT, ", ".join(["HEAD, GET"] * 6), REMOTE_FILE_CHANGED)
def get_is_longer(r):
    """GET has another length than HEAD, each time"""
    r.head(200, *r.validators(), length=r.size if r.command == "HEAD" else r.size + 1)
    r.content(r.size + 1)


@creature("chunked-with-length", ERROR, "HEAD, GET undated", MISSING_FILE_SIZE)
def chunked_with_length(r):
    """chunked coding, and a length that does not count then"""
    r.head(200, *r.validators(), ("Transfer-Encoding", "chunked"), length=5)
    r.body(b"5\r\nabcde\r\n0\r\n\r\n")


@creature("precompressed", DONE, "HEAD, GET")
def precompressed(r):
    """a file that claims to be compressed, to HEAD and to GET: it is stored as it comes"""
    r.head(200, *r.validators(), ("Content-Encoding", "gzip"), length=r.size)
    r.content(r.size)


@creature("compressed-at-get", ERROR, "HEAD, GET", INVALID_SERVER_RESPONSE)
def compressed_at_get(r):
    """GET is compressed on the fly, HEAD was not, with the same length"""
    coding = [("Content-Encoding", "gzip")] if r.command == "GET" else []
    r.head(200, *r.validators(), *coding, length=r.size)
    r.content(r.size)


@creature("compressed-in-chunks", ERROR, "HEAD, GET", INVALID_SERVER_RESPONSE)
def compressed_in_chunks(r):
    """GET is compressed on the fly, without a length"""
    if r.command == "HEAD":
        return r.head(200, *r.validators(), length=r.size)
    r.head(200, ("Content-Encoding", "br"), ("Transfer-Encoding", "chunked"))
    r.body(b"5\r\nabcde\r\n0\r\n\r\n")
