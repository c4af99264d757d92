"""
Connections that break, hang or speak something else.

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
import time

from keeper import *  # noqa: F403

# a connection that is lost is an error the third time
HALVES = "HEAD, GET, HEAD, %s, HEAD, GET 75000-99999" % REST
creature("truncated", TRANSIENT, HALVES, CONNECTION_ERROR, path="/in-turn/file/truncate")
# RST may overtake what the kernel has for the agent
creature("reset", TRANSIENT, "HEAD, GET, HEAD, GET *, HEAD, GET *", CONNECTION_ERROR, path="/in-turn/file/reset")
creature("truncated-twice", DONE, HALVES, path="/in-turn/file/truncate/file/truncate/file")


@creature("truncated-later", DONE, HALVES + ", HEAD, GET 77000-99999",
          path="/in-turn/file/truncate/file/truncate/file/truncated-later/file")
def truncated_later(r):
    """lost a third time, but bytes came when the others were ten seconds ago"""
    first, last = r.range()
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/%d" % (first, last, r.size)), length=last + 1 - first)
    r.content(1000, first)
    time.sleep(10.5)
    r.content(1000, first + 1000)
    r.close_connection = True
creature("garbage", TRANSIENT, "HEAD, HEAD", INVALID_RESPONSE, path="/garbage")
creature("garbage-at-get", TRANSIENT, "HEAD, GET, GET", INVALID_RESPONSE, path="/in-turn/file/garbage")


# libcurl asks once more where an earlier connection is open: nobody else asks the lonely server
@creature("closed-at-once", TRANSIENT, "HEAD, HEAD, HEAD", CONNECTION_ERROR, server="lonely")
def closed_at_once(r):
    """ends the connection without an answer"""
    r.close_connection = True


@creature("broken-in-headers", TRANSIENT, "HEAD, HEAD, HEAD", CONNECTION_ERROR)
def broken_in_headers(r):
    """half of the headers, then the end"""
    r.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    r.close_connection = True


@creature("slow-headers", DONE, "HEAD, GET")
def slow_headers(r):
    """headers that come in small pieces"""
    head = "HTTP/1.1 200 OK\r\nLast-Modified: %s\r\nContent-Length: %d\r\n\r\n" % (double.http_date(r.modified), r.size)
    for start in range(0, len(head), 10):
        r.wfile.write(head[start:start + 10].encode())
        r.wfile.flush()
        time.sleep(0.02)
    r.content(r.size)


@creature("many-1xx", DONE, "HEAD, GET")
def many_1xx(r):
    """100, 102 and 103 before each answer"""
    r.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\n")
    double.file(r)


@creature("length-in-1xx", ERROR, "HEAD, GET undated", MISSING_FILE_SIZE)
def length_in_1xx(r):
    """a length in the 103 alone"""
    r.wfile.write(b"HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\n")
    double.no_length(r)


@creature("one-byte-a-packet", DONE, "HEAD, GET", size=300)
def one_byte_a_packet(r):
    """the body byte by byte"""
    r.head(200, *r.validators(), length=r.size)
    for start in range(r.size):
        r.content(1, start)
