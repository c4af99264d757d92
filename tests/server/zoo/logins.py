"""
Servers and proxies that ask who it is, by the schemes that the real ones of real.py do not have.

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
import base64
import hashlib
import hmac
import re
import struct

from keeper import *  # noqa: F403
from real import PASSWORD, USER

NT_HASH = bytes.fromhex("878d8014606cda29677a44efa1353fc7")     # MD4 of PASSWORD in UTF-16, which OpenSSL has no more
NONCE = bytes.fromhex("0123456789abcdef")
ANSWER = bytes.fromhex("2fecdd61da941ec269d46dd130ba93129c4166fe03f21706")     # to it, of NTLM's first version: DES by the hash
TARGET = struct.pack("<HH", 2, 12) + "DOUBLE".encode("utf-16le") + bytes(4)     # information: the domain's name, the end
FLAGS = 0x00808205      # Unicode, target asked for, NTLM, always sign, target information


def challenge():
    """the second message of NTLM"""
    return b"NTLMSSP\0" + struct.pack("<IHHIL8s8xHHI", 2, 0, 0, 48, FLAGS, NONCE, len(TARGET), len(TARGET), 48) + TARGET


def field(message, offset):
    length, start = struct.unpack_from("<H2xI", message, offset)
    return message[start:start + length]


def knows_password(message):
    """whether the third message of NTLM is by the user, whichever version his libcurl has"""
    answer, domain, user = field(message, 20), field(message, 28), field(message, 36).decode("utf-16le")
    key = hmac.digest(NT_HASH, user.upper().encode("utf-16le") + domain, "md5")
    return user == USER and answer in (ANSWER, hmac.digest(key, NONCE + answer[16:], "md5") + answer[16:])


def ntlm(r, status, ask, answer):
    """NTLM, which knows connections and not requests: ASK and ANSWER are the headers"""
    scheme, _, data = r.headers.get(answer, "").partition(" ")
    message = base64.b64decode(data) if scheme == "NTLM" else b""
    if message[8:9] == b"\3":
        r.known = knows_password(message)
    if getattr(r, "known", False):
        return double.file(r)
    r.page(status, (ask, "NTLM " + base64.b64encode(challenge()).decode() if message[8:9] == b"\1" else "NTLM"))


def md5(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def digest(r, status, ask, answer):
    """Digest without quality of protection"""
    said = dict(re.findall(r'(\w+)="([^"]*)"', r.headers.get(answer, "")))
    if said.get("username") == USER and said.get("response") == md5(md5(USER, "double", PASSWORD), "1",
                                                                    md5(r.command, said["uri"])):
        return double.file(r)
    r.page(status, (ask, 'Digest realm="double", nonce="1"'))


def signs_in(target, scheme, password, proxy):
    def setup(client):
        if proxy:
            client.proxy("127.0.0.1:%d" % Test.origin.port)
        client.credentials(target, scheme, USER, password)
    return setup


HEADERS = {"server": (401, "WWW-Authenticate", "Authorization"), "proxy": (407, "Proxy-Authenticate", "Proxy-Authorization")}
# NTLM takes a message more, but then the connection is known; each request with Digest is challenged first
SCHEMES = (("ntlm", ntlm, "HEAD, HEAD, HEAD, GET", "HEAD, HEAD, HEAD"),
           ("digest", digest, "HEAD, HEAD, HEAD, GET, GET", "HEAD, HEAD, HEAD"))

for target, headers in HEADERS.items():
    for scheme, function, right, wrong in SCHEMES:
        name = "%s-%s" % (target, scheme)
        creature(name, DONE, right, setup=signs_in(target, scheme, PASSWORD, target == "proxy"), exact=False)(
            lambda r, function=function, headers=headers: function(r, *headers))
        creature(name + "-wrong", ERROR, wrong, http(headers[0]), path="/" + name, exact=False,
                 setup=signs_in(target, scheme, "wrong", target == "proxy"))
