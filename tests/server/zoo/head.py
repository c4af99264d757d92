"""
Servers that answer HEAD, that refuse it, and that lie about it.

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

BY_GET = "HEAD, GET undated"

creature("plain", DONE, "HEAD, GET", path="/file")
creature("plain-background", DONE, "HEAD, GET", path="/file", setup=lambda client: client.priority(2))
creature("one-byte", DONE, "HEAD, GET", path="/file", size=1)
creature("early-hints-103", DONE, "HEAD, GET", path="/early-hints")
creature("without-last-modified", DONE, BY_GET, path="/no-date")
creature("head-method-not-allowed", DONE, BY_GET, path="/no-head")

# spec: clients row 4: URLs that are signed for GET alone, and what frameworks without HEAD say
for number in 400, 403, 404, 406, 410, 500, 501:
    creature("head-%d" % number, DONE, BY_GET, path="/in-turn/status-%d/file" % number)
for number in 200, 204, 205, 206:
    creature("head-bare-%d" % number, DONE, BY_GET, path="/head-bare", status=number)


@double.behaviour("head-bare")
def head_bare(r):
    """the query's status to HEAD, without a length; a file to GET"""
    if r.command == "HEAD":
        return r.head(int(r.query["status"]), *r.validators())
    double.file(r)


@creature("head-counts-its-own-body", DONE, BY_GET)
def head_counts_its_own_body(r):
    """Content-Length: 0 to HEAD"""
    if r.command == "HEAD":
        return r.head(200, *r.validators(), length=0)
    double.file(r)


@creature("head-chunked", DONE, BY_GET)
def head_chunked(r):
    """chunked coding to HEAD, a length to GET"""
    if r.command == "HEAD":
        return r.head(200, *r.validators(), ("Transfer-Encoding", "chunked"))
    double.file(r)


@creature("signed-for-get", DONE, BY_GET)
def signed_for_get(r):
    """403 with an XML page to everything but GET, as object stores answer"""
    if r.command != "GET":
        return r.page(403, ("x-amz-request-id", "1"))
    double.file(r)


@creature("head-then-closed", DONE, "HEAD, GET")
def head_then_closed(r):
    """one request a connection, HTTP/1.0"""
    r.protocol_version = "HTTP/1.0"
    r.close_connection = True
    double.file(r)
