"""
Redirects, and TLS.

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

creature("redirect-chain", DONE, "HEAD, HEAD, HEAD, HEAD, GET, GET, GET, GET", path="/redirect/3")
creature("redirect-loop", ERROR, ", ".join(["HEAD"] * 11), http(302), path="/redirect-loop")
creature("redirect-to-file", ERROR, "HEAD", http(302), path="/redirect-to", to="file:///etc/passwd")
creature("redirect-to-ftp", ERROR, "HEAD", http(302), path="/redirect-to", to="ftp://127.0.0.1/x")
creature("ipv6", DONE, "HEAD, GET", path="/file", server="six")
creature("host-of-idn", DONE, "HEAD, GET", path="/file", server="abroad")
creature("tls-known-authority", DONE, "HEAD, GET", path="/file", server="secure")
creature("tls-other-host", ERROR, "", SECURE_FAILURE, path="/file", server="wrong_host")
creature("tls-unknown-authority", ERROR, "", SECURE_FAILURE, path="/file", server="stranger")


@creature("redirect-get-only", DONE, "HEAD, GET undated, GET undated")
def redirect_get_only(r):
    """405 to HEAD, and GET leads elsewhere: a download page in front of an object store"""
    if r.command == "HEAD":
        return r.page(405)
    r.page(302, ("Location", "/file?" + "&".join("%s=%s" % item for item in r.query.items())))


@creature("redirect-to-signed", DONE, "HEAD, HEAD, GET undated, GET undated")
def redirect_to_signed(r):
    """leads to a URL that is signed for GET alone"""
    r.page(302, ("Location", "/signed-for-get?" + "&".join("%s=%s" % item for item in r.query.items())))
