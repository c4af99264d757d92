"""
Status codes: the classes of spec behaviour 3.2.

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

for number in 400, 402, 403, 404, 405, 406, 410, 411, 413, 414, 416, 417, 429, 451, 499, 501, 505:
    creature("status-%d" % number, ERROR, "HEAD, GET undated", http(number), path="/status/%d" % number)
for number in 300, 301, 302, 303, 304, 305, 307, 401, 407:
    creature("status-%d" % number, ERROR, "HEAD", http(number), path="/status/%d" % number)
for number in 306, 308, 408, 409, 502, 503, 504, 507, 599:
    creature("status-%d" % number, TRANSIENT, "HEAD", http(number), path="/status/%d" % number)
for number in 201, 202, 203, 204, 205, 500:
    creature("status-%d" % number, TRANSIENT, "HEAD, GET undated", http(number), path="/status/%d" % number)
for number in 304, 404:
    creature("get-%d" % number, ERROR, "HEAD, GET", http(number), path="/in-turn/file/status-%d" % number)
for number in 204, 205, 503:
    creature("get-%d" % number, TRANSIENT, "HEAD, GET", http(number), path="/in-turn/file/status-%d" % number)
creature("wants-a-password", ERROR, "HEAD", http(401), path="/basic")
creature("knows-the-password", DONE, "HEAD, HEAD, GET", path="/basic", exact=False,
         setup=lambda client: client.credentials("server", "basic", "user", "secret"))
creature("refuses-the-password", ERROR, "HEAD, HEAD", http(401), path="/basic", exact=False,
         setup=lambda client: client.credentials("server", "basic", "user", "wrong"))
