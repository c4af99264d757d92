"""
Files that change, and servers that say so or not.

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

NEWER = double.newer_content(SIZE)
TWICE = "HEAD, GET, HEAD, GET"
BROKEN_OFF = "HEAD, GET, HEAD, %s, HEAD, GET" % REST

creature("changed-412", DONE, TWICE, path="/in-turn/file/newer", data=NEWER)
creature("changed-unsaid", DONE, TWICE, path="/in-turn/file/newer", data=NEWER, careless=1)
creature("changes-at-each-get", TRANSIENT, ", ".join(["HEAD, GET"] * 6), REMOTE_FILE_CHANGED, path="/changed")
creature("changed-at-resume-head", DONE, TWICE, path="/in-turn/file/truncate/newer", data=NEWER)
creature("changed-at-resume-412", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/newer", data=NEWER)
creature("changed-at-resume-unsaid", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/newer", data=NEWER,
         careless=1)
creature("shrunk-416", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/shrunk", data=double.content(1000))
creature("shrunk-after-changed", DONE, TWICE, path="/in-turn/file/newer/shrunk", data=double.content(1000), careless=1)
creature("412-to-everything", ERROR, "HEAD, GET undated", http(412), path="/status/412")


@creature("412-to-any-date", DONE, "HEAD, GET, HEAD, GET undated")
def refuses_any_date(r):
    """412 to every If-Unmodified-Since"""
    if r.headers.get("If-Unmodified-Since"):
        return r.page(412)
    double.file(r)


@creature("412-after-head-only", ERROR, "HEAD, GET, HEAD, GET undated", http(412))
def refuses_get(r):
    """412 to every GET"""
    if r.command == "GET":
        return r.page(412)
    double.file(r)


@double.behaviour("retagged")
def retagged(r):
    """other bytes, as many and of the same date: only the ETag differs; silent=1: not of the answer to HEAD"""
    r.validators = lambda: [("Last-Modified", double.http_date(r.modified)),
                            *([] if r.command == "HEAD" and "silent" in r.query else [("ETag", '"another"')])]
    first, last = r.range() or (0, r.size - 1)
    r.head(206 if r.range() else 200, *r.validators(),
           *([("Content-Range", "bytes %d-%d/%d" % (first, last, r.size))] if r.range() else []), length=last - first + 1)
    r.body(RETAGGED[first:last + 1])
    del r.validators


RETAGGED = double.content(SIZE, 77)
creature("retagged-before-get", DONE, "HEAD, GET", path="/in-turn/file/retagged", data=RETAGGED)
creature("retagged-at-resume-head", DONE, TWICE, path="/in-turn/file/truncate/retagged", data=RETAGGED)
creature("retagged-at-resume", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/retagged", data=RETAGGED)
creature("retagged-at-resume-silent", DONE, BROKEN_OFF, path="/in-turn/file/truncate/retagged", data=RETAGGED,
         silent=1)
creature("retagged-between-ranges", DONE, "HEAD, GET 0-9,20-29, GET 0-9, GET 20-29, HEAD, GET 0-9, GET 20-29",
         path="/in-turn/file/no-range/file/retagged", data=RETAGGED[:10] + RETAGGED[20:30], ranges="0:10,20:10")


@creature("tag-of-each-answer", DONE, "HEAD, GET 0-9,20-29, GET 0-9, GET 20-29, HEAD, GET 0-9, GET 20-29", ranges="0:10,20:10")
def tag_of_each_answer(r):
    """an ETag of its own for each answer"""
    number = r.server.count(["tag-of-each-answer", r.query["row"]])
    r.validators = lambda: [("Last-Modified", double.http_date(r.modified)), ("ETag", '"%d"' % number)]
    double.file(r)
    del r.validators


@double.behaviour("shrunk")
def shrunk(r):
    """the first thousand bytes of the file, of the same date"""
    r.size = 1000
    double.file(r)


@creature("page-instead-of-file", TRANSIENT, ", ".join(["HEAD, GET"] * 6), REMOTE_FILE_CHANGED)
def page_instead_of_file(r):
    """a page of a captive portal to GET"""
    if r.command == "GET":
        return r.page(200)
    double.file(r)
