"""
The ordinary cases, on real servers and through a real proxy.

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
from real import PASSWORD, USER


def signs_in(target, scheme, password=PASSWORD):
    return lambda client: client.credentials(target, scheme, USER, password)


def through(proxy, password=None):
    """The job goes through the proxy that Test has under that name, and signs in there if there is a password."""
    def setup(client):
        client.proxy("127.0.0.1:%d" % getattr(Test, proxy).port)
        if password:
            client.credentials("proxy", "basic", USER, password)
    return setup


for server in "nginx", "apache":
    creature(server + "-file", DONE, "HEAD, GET", path="/file.bin", server=server, exact=False)
    creature(server + "-empty", DONE, "HEAD, GET undated", path="/empty.bin", server=server, size=0, exact=False)
    creature(server + "-404", ERROR, "HEAD, GET undated", http(404), path="/missing", server=server, exact=False)

# each request with Digest is challenged first
for scheme, place, right, wrong in (("basic", "/private/file.bin", "HEAD, HEAD, GET", "HEAD, HEAD"),
                                    ("digest", "/digest/file.bin", "HEAD, HEAD, HEAD, GET, GET", "HEAD, HEAD, HEAD")):
    creature("apache-%s" % scheme, DONE, right, path=place, server="apache", setup=signs_in("server", scheme), exact=False)
    creature("apache-%s-wrong" % scheme, ERROR, wrong, http(401), path=place, server="apache",
             setup=signs_in("server", scheme, "wrong"), exact=False)
    creature("apache-%s-nobody" % scheme, ERROR, "HEAD", http(401), path=place, server="apache", exact=False)

creature("squid", DONE, "HEAD, GET", path="/file", setup=through("squid"), exact=False)
creature("squid-404", ERROR, "HEAD, GET undated", http(404), path="/status/404", setup=through("squid"), exact=False)
creature("squid-resume", DONE, "HEAD, GET, HEAD, " + REST, path="/in-turn/file/truncate/file", setup=through("squid"), exact=False)
creature("squid-connect", DONE, "HEAD, GET", path="/file", server="secure", setup=through("squid"))
creature("squid-password", DONE, "HEAD, GET", path="/file", setup=through("guarded", PASSWORD), exact=False)
creature("squid-password-connect", DONE, "HEAD, GET", path="/file", server="secure", setup=through("guarded", PASSWORD))
creature("squid-wrong-password", ERROR, "", http(407), path="/file", setup=through("guarded", "wrong"), exact=False)
creature("squid-nobody", ERROR, "", http(407), path="/file", setup=through("guarded"), exact=False)
creature("squid-nobody-connect", ERROR, "", http(407), path="/file", server="secure", setup=through("guarded"))
