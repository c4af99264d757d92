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
creature("changed-at-resume-head", DONE, TWICE, path="/in-turn/file/truncate/newer", data=NEWER, first=BROKEN)
creature("changed-at-resume-412", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/newer", data=NEWER, first=BROKEN)
creature("changed-at-resume-unsaid", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/newer", data=NEWER, first=BROKEN,
         careless=1)
creature("shrunk-416", DONE, BROKEN_OFF, path="/in-turn/file/truncate/file/shrunk", data=double.content(1000), first=BROKEN)
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
