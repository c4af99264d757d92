"""
Files, shares, helper tokens, agents and the service: tests that take more than a row.

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
import contextlib
import hashlib
import os
import re
import ssl
import time

from case import *  # noqa: F403
from rig import (BASE, DEADLINE, DRIVE, FULL_DISK, Client, OneByOne, Origin, Skip, agents, delete_value, double, is_alive,
                 is_hidden, kill_agents, read, set_value, sha256, temporaries, wait_for, windows, wine)

# --- redirects between http and https -------------------------------------------------------------------------------

@test("a redirect from https to http is refused")
def downgrade(t):
    t.job(t.url("/redirect-to", t.secure, to=t.url("/file").replace("?", "%3f")))
    t.client.resume()
    t.rests(ERROR, http(302), REMOTE_FILE)
    t.equal("requests without TLS", t.requests(), [])
    t.cancel()


@test("a redirect from https to http is followed if the flags allow it; where it leads is the remote name if they want that")
def downgrade_allowed(t):
    # spec: behaviour 4.11
    to = t.url("/file")
    for flags, renamed in (0x800, False), (0x900, True):
        url = t.url("/redirect-to", t.secure, to=to.replace("?", "%3f"), flags=flags)
        t.job(url)
        t.client.security(flags)
        t.client.resume()
        t.equal("remote name", t.rests(DONE).get("file.0.remote"), to if renamed else url)
        t.complete(double.content(SIZE))
        os.unlink(t.local)
    t.equal("requests without TLS", t.requests(), ["HEAD", "GET", "HEAD", "GET"])
    t.job(t.url("/redirect-to", t.secure, to=to.replace("?", "%3f")))
    t.client.security(0x200)
    t.client.resume()
    t.equal("remote name", t.rests(ERROR, http(302), REMOTE_FILE).get("file.0.remote"), to)
    t.cancel()


@test("a redirect from http to https is followed")
def upgrade(t):
    t.job(t.url("/redirect-to", to=t.url("/file", t.secure).replace("?", "%3f")))
    t.client.resume()
    t.rests(DONE)
    t.equal("requests with TLS", t.requests(t.secure), ["HEAD", "GET"])
    t.complete(double.content(SIZE))


# --- the file -------------------------------------------------------------------------------------------------------

@test("the file gets the server's time and replaces an older one")
def times(t):
    with open(t.local, "w") as file:
        file.write("old")
    t.job(t.url("/file"))
    t.client.resume()
    t.rests(DONE)
    t.equal("old file before Complete", read(t.local), b"old")
    t.complete(double.content(SIZE))
    t.equal("time", os.stat(t.local).st_mtime, MODIFIED)
    t.check(not is_hidden(t.local), "the file is hidden")


@test("the temporary file is hidden, beside the destination, and gone after Complete")
def temporary(t):
    t.half(t.url("/in-turn/file/hang-body/file"))
    names = temporaries(t.directory)
    t.equal("files", names, os.listdir(t.directory))
    t.equal("number of files", len(names), 1)
    t.check(re.fullmatch(r"BIT[0-9A-F]{4,8}\.tmp", names[0]), "name %s", names[0])
    t.check(is_hidden(t.path(names[0])) is not False, "it is not hidden")
    t.equal("GetTemporaryName", t.client.facts().get("file.0.temp"), windows(t.path(names[0])))
    t.client.suspend()
    t.equal("files while suspended", temporaries(t.directory), names)
    t.client.resume()
    t.rests(DONE)
    t.equal("files when transferred", temporaries(t.directory), names)
    t.complete(double.content(SIZE))
    t.equal("files afterwards", os.listdir(t.directory), ["out.bin"])


@test("Cancel of a finished transfer takes the temporary file away")
def cancel_done(t):
    t.job(t.url("/file"))
    t.client.resume()
    t.rests(DONE)
    t.equal("temporary files", len(temporaries(t.directory)), 1)
    t.cancel()


@test("Complete half-way keeps the whole file, and says that it is not all")
def partial(t):
    t.job(t.url("/file"), t.url("/in-turn/file/hang-body"))
    t.client.resume()
    t.client.bytes(SIZE + SIZE // 2, DEADLINE * 1000)
    t.complete(double.content(SIZE), PARTIAL_COMPLETE)
    t.equal("files", os.listdir(t.directory), ["out.bin"])
    facts = t.client.facts()
    t.equal("state", facts["state"], "ACKNOWLEDGED")
    t.equal("completed", [facts["file.0.completed"], facts["file.1.completed"]], ["1", "0"])


@test("Complete that cannot rename a file names the error, keeps the job, and can be repeated")
def rename_fails(t):
    second = t.path("out1.bin")
    t.job(t.url("/file/1"), t.url("/file/2"))
    t.client.resume()
    t.rests(DONE)
    os.mkdir(second)
    t.equal("result of Complete", t.client.step("complete").hr, ACCESS_DENIED)
    facts = t.client.facts()
    t.equal("state", facts["state"], DONE)
    t.equal("completed", [facts["file.0.completed"], facts["file.1.completed"]], ["1", "0"])
    t.check(read(t.local) == double.content(SIZE), "the first file has other bytes")
    os.rmdir(second)
    t.complete(double.content(SIZE))
    t.check(read(second) == double.content(SIZE), "the second file has other bytes")


@test("a file that fails stops the job: the one before it is whole, the one behind it is not asked for")
def one_fails(t):
    t.job(t.url("/file/1"), t.url("/status/404"), t.url("/file/3"))
    t.client.resume()
    facts = t.rests(ERROR, http(404), REMOTE_FILE)
    t.equal("file of the error", facts.get("file"), windows(t.path("out1.bin")))
    t.equal("files transferred", facts["files_transferred"], "1")
    t.equal("requests", t.requests_ahead(1), ["HEAD", "GET", "HEAD", "GET undated"])
    t.complete(double.content(SIZE), PARTIAL_COMPLETE)


@test("the next file's size is asked for while a small one comes, and used if it is still the same that is asked")
def asked_ahead(t):
    kill_agents()   # which remember for a minute that it was in vain
    t.job(t.url("/in-turn/file/hang-body/file"), t.url("/file/2"), t.url("/file/3"))
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.check(wait_for(lambda: len(t.requests()) == 3), "the second file is not asked for: %s", t.requests())
    t.client.suspend()
    t.client.headers("X-Changed: yes")
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests_ahead(1, 4, 6), ["HEAD", "GET", "HEAD", "HEAD", REST, "HEAD", "GET", "HEAD", "GET"])
    t.equal("with the new header", [dict(r["headers"]).get("X-Changed") for r in t.origin.of(t.row)], 3 * [None] + 6 * ["yes"])
    t.complete(double.content(SIZE))


@test("an answer to what was asked ahead counts only if it is good")
def asked_ahead_in_vain(t):
    kill_agents()
    t.job(t.url("/file"), t.url("/in-turn/status-503/file"), t.url("/file/3"))
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests_ahead(1), ["HEAD", "GET", "HEAD", "HEAD", "GET", "HEAD", "GET"])
    t.complete(double.content(SIZE))


@test("a server that looks at one connection at a time is asked for one thing at a time")
def one_by_one(t):
    kill_agents()
    server = OneByOne()
    t.job(*[t.url("/file/%d" % i, server) for i in range(3)])
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(server), ["HEAD", "GET"] * 3)
    t.complete(double.content(SIZE))
    kill_agents()   # with one, the connection that the server looks at
    server.shutdown()


def with_next_prepared(t):
    """A running job that has half of its first file, and the temporary file of the second; both their names."""
    t.job(t.url("/in-turn/file/hang-body/file"), t.url("/file/2"))
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.check(wait_for(lambda: len(temporaries(t.directory)) == 2), "files: %s", os.listdir(t.directory))
    facts, names = t.client.facts(), temporaries(t.directory)
    t.equal("their names", sorted(facts["file.%d.temp" % i] for i in (0, 1)), [windows(t.path(name)) for name in names])
    return names


@test("the next temporary file is made while a small file comes, and used")
def prepared(t):
    names = with_next_prepared(t)
    t.client.suspend()
    t.equal("files while suspended", temporaries(t.directory), names)
    t.client.resume()
    t.rests(DONE)
    t.equal("files when transferred", temporaries(t.directory), names)
    t.complete(double.content(SIZE))
    t.equal("files afterwards", sorted(os.listdir(t.directory)), ["out.bin", "out1.bin"])


@test("Cancel takes the next temporary file away, too")
def cancel_prepared(t):
    with_next_prepared(t)
    t.cancel()


@test("a full disk is a transient error of the local file, and the job goes on when there is room")
def disk_full(t):
    if not t.has_full_disk:
        raise Skip("no mounts here")
    t.client.create(t.row)
    t.client.priority(0)
    link = t.path("small")
    os.symlink(FULL_DISK, link)
    filler = os.path.join(FULL_DISK, "filler")
    with open(filler, "wb") as file:
        file.write(bytes(600000))
    t.client.add(t.url("/file", size=900000), windows(os.path.join(link, "out.bin")))
    t.client.resume()
    facts = t.rests(TRANSIENT, DISK_FULL, LOCAL_FILE)
    t.equal("file of the error", facts.get("file"), windows(os.path.join(link, "out.bin")))
    os.unlink(filler)
    t.client.resume()
    t.rests(DONE)
    t.client.complete()
    t.check(read(os.path.join(FULL_DISK, "out.bin")) == double.content(900000), "the file has other bytes")
    t.equal("files", os.listdir(FULL_DISK), ["out.bin"])


# --- nginx ----------------------------------------------------------------------------------------------------------

def nginx_log(t):
    with open(os.path.join(t.web, "access.log")) as file:
        return file.read().splitlines()


@test("nginx: 8 MB at 4 MB/s, suspended in the middle and resumed, counters and all")
def slow(t):
    before = len(nginx_log(t))
    t.job("http://127.0.0.1:%d/big.bin" % t.ports[1])
    t.client.resume()
    t.client.bytes(1000000, DEADLINE * 1000)
    t.client.suspend()
    offset = int(t.client.facts()["bytes"])
    t.check(1000000 <= offset < BIG, "suspended at %d", offset)
    t.equal("temporary file", os.path.getsize(t.path(temporaries(t.directory)[0])), offset)
    t.client.resume()
    seen = t.client.watch(DEADLINE * 1000)
    t.equal("state", seen["state"], DONE)
    t.equal("counters that shrank, or were full too early, or without a total",
            [seen["backwards"], seen["early"], seen["unknown"]], ["0", "0", "0"])
    t.check(int(seen["between"]) > 10, "%s of %s looks saw a part", seen["between"], seen["looks"])
    t.notes.append("%s looks, %s at a part" % (seen["looks"], seen["between"]))
    t.complete()
    t.equal("SHA-256", sha256(t.local), sha256(os.path.join(t.web, "files/big.bin")))
    t.equal("time", int(os.stat(t.local).st_mtime), MODIFIED)
    wait_for(lambda: len(nginx_log(t)) == before + 4)
    t.equal("last request", nginx_log(t)[-1], 'GET "bytes=%d-%d" 206 HTTP/1.1 -' % (offset, BIG - 1))


@test("nginx: HTTP/2 with TLS 1.3")
def tls13(t):
    t.job("https://localhost:%d/big.bin" % t.ports[2])
    t.client.resume()
    t.rests(DONE)
    t.complete()
    t.equal("SHA-256", sha256(t.local), sha256(os.path.join(t.web, "files/big.bin")))
    t.equal("last request", nginx_log(t)[-1], 'GET "-" 200 HTTP/2.0 TLSv1.3')


@test("nginx: background priorities do not share connections, and are therefore content with HTTP/1.1")
def background(t):
    for priority, version in (0, "2.0"), (3, "1.1"), (1, "1.1"), (2, "1.1"):
        t.job("https://localhost:%d/big.bin" % t.ports[2])
        t.client.priority(priority)
        t.client.resume()
        t.rests(DONE)
        t.complete()
        t.equal("request of priority %d" % priority, nginx_log(t)[-1], 'GET "-" 200 HTTP/%s TLSv1.3' % version)


@test("a transfer begins anew where it is when its job leaves the background, and goes on when it does not")
def priority_change(t):
    t.job(t.url("/in-turn/file/hang-body/file"))
    t.client.priority(3)
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.client.priority(1)
    end = t.connection_end()
    t.check(not end(), "HIGH instead of LOW interrupts it")
    t.client.priority(0)
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", "GET %d-%d" % (SIZE // 2, SIZE - 1)])
    t.complete(double.content(SIZE))


# --- proxies --------------------------------------------------------------------------------------------------------

SETTINGS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"


@contextlib.contextmanager
def internet_settings(**values):
    """WinINet's settings are these."""
    try:
        for name, value in values.items():
            set_value(SETTINGS, name, str(value), "REG_DWORD" if isinstance(value, int) else "REG_SZ")
        yield
    finally:
        for name in values:
            delete_value(SETTINGS, name)


def far(t):
    """A URL of a host that no name server knows: the double answers for it if it is taken for a proxy."""
    return "http://host.invalid/file?row=" + t.row


def comes(t, url, good, state, code, setup=lambda client: None):
    """A job for the double's file, after SETUP: it has the file at the end if it is GOOD, else it is in STATE with CODE."""
    t.job(url)
    setup(t.client)
    t.client.resume()
    if good:
        t.rests(DONE)
        t.complete(double.content(SIZE))
        os.unlink(t.local)
    else:
        t.rests(state, code, REMOTE_FILE)
        t.cancel()


def uses_proxy(t, url, uses=True):
    comes(t, url, uses, TRANSIENT, NAME_NOT_RESOLVED)


@test("PRECONFIG: the proxy server of the WinINet settings, by scheme, with its exceptions, and only if it is enabled")
def wininet_proxy(t):
    proxy = "127.0.0.1:%d" % t.origin.port
    with internet_settings(ProxyEnable=1, ProxyServer=proxy):
        uses_proxy(t, far(t))
    with internet_settings(ProxyEnable=1, ProxyServer="ftp=x:1;http=%s;socks=x:2" % proxy, ProxyOverride="*.valid;<local>"):
        uses_proxy(t, far(t))
    for override in "*.invalid", "<local>;HOST.*", "host.invalid":
        with internet_settings(ProxyEnable=1, ProxyServer=proxy, ProxyOverride=override):
            uses_proxy(t, far(t), False)
    with internet_settings(ProxyEnable=0, ProxyServer=proxy):
        uses_proxy(t, far(t), False)


@test("an error on the way through a proxy names the proxy")
def names_proxy(t):
    for proxy, path, state, code in ((t.origin.port, "/status/407", ERROR, http(407)), (1, "/file", TRANSIENT, CANNOT_CONNECT)):
        t.job("http://host.invalid%s?row=%s" % (path, t.row))
        t.client.proxy("127.0.0.1:%d" % proxy)
        t.client.resume()
        text = t.rests(state, code, REMOTE_FILE)["description"]
        t.check("host.invalid%s?(set) (through http://127.0.0.1:%d)" % (path, proxy) in text, "description: %s", text)
        t.cancel()


@test("PRECONFIG: the automatic configuration script, and the proxy server when the script cannot be had")
def wininet_script(t):
    proxy = "127.0.0.1:%d" % t.origin.port
    with open(os.path.join(t.web, "files/proxy.pac"), "w") as file:
        file.write('function FindProxyForURL(url, host) { return host == "host.invalid" ? "PROXY %s" : "DIRECT"; }\n' % proxy)
    script = "http://127.0.0.1:%d/" % t.ports[0]
    with internet_settings(AutoConfigURL=script + "proxy.pac", ProxyEnable=1, ProxyServer="127.0.0.1:1"):
        uses_proxy(t, far(t))
        uses_proxy(t, t.url("/file"))
    with internet_settings(AutoConfigURL="http://127.0.0.1:1/proxy.pac", ProxyEnable=1, ProxyServer=proxy):
        uses_proxy(t, far(t))


@test("PRECONFIG: a server that never sends the script does not hold up Suspend")
def wininet_hanging_script(t):
    with internet_settings(AutoConfigURL=t.url("/hang")):
        t.job(t.url("/file"))
        t.client.resume()
        t.check(wait_for(t.requests), "the script is not asked for")
        t.client.suspend()
        t.client.cancel()
        t.equal("files after Cancel", os.listdir(t.directory), [])


# --- certificates ---------------------------------------------------------------------------------------------------

@test("SetSecurityFlags: each flag forgives its own fault of a certificate and no other")
def security_flags(t):
    faults = ((0x2, t.wrong_host), (0x4, t.expired), (0x8, t.stranger), (0x10, t.misused))
    for flag, server in faults:
        for flags, good in ((0, False), (0x1e & ~flag, False), (flag, True)):
            comes(t, t.url("/file", server), good, ERROR, SECURE_FAILURE, lambda client: client.security(flags))


@test("an authority in the user's or the policy's ROOT is trusted from then on, for its servers' own names, until it is removed")
def own_authority(t):
    stores = {"user": r"HKCU\Software\Microsoft", "policy": r"HKLM\Software\Policies\Microsoft"}
    der = ssl.PEM_cert_to_DER_cert(read(os.path.join(t.certificates, "unknown.pem")).decode())
    key = r"\SystemCertificates\Root\Certificates" + "\\" + hashlib.sha1(der).hexdigest().upper()
    path = os.path.join(t.certificates, "unknown.der")
    with open(path, "wb") as file:
        file.write(der)
    for server in t.stranger, t.secure:
        comes(t, t.url("/file", server), server is t.secure, ERROR, SECURE_FAILURE)
    for store, place in stores.items():
        t.client.trust(store, "Z:" + path.replace("/", "\\"))
        for server in t.stranger, t.secure:
            comes(t, t.url("/file", server), True, ERROR, SECURE_FAILURE)
        comes(t, t.url("/redirect-to", to=t.url("/file", t.stranger).replace("?", "%3f")), True, ERROR, SECURE_FAILURE)
        for server in t.wrong_host, t.expired, t.misused:
            comes(t, t.url("/file", server), False, ERROR, SECURE_FAILURE)
        comes(t, t.url("/file", t.stranger).replace("localhost", "127.0.0.1"), False, ERROR, SECURE_FAILURE)
        # not by CertDeleteCertificateFromStore(), which does nothing under Wine
        wine("reg", "delete", place + key, "/f", "/reg:64")
        comes(t, t.url("/file", t.stranger), False, ERROR, SECURE_FAILURE)


@test("SetSecurityFlags: with the check of revocation lists, revoked and unknown are fatal, and nothing is asked of the server")
def revocation(t):
    # spec: behaviour 4.11
    authority = os.path.join(t.certificates, "ca")
    revoked = t.lists.make(authority, os.path.join(t.certificates, "listed.pem"))
    good = t.lists.make(authority)
    for server, content, code in ((t.secure, good, CERT_REV_FAILED), (t.listed, revoked, CERT_REVOKED),
                                  (t.listed, None, CERT_REV_FAILED)):
        kill_agents()   # with the list that it keeps
        t.lists.content = content
        t.job(t.url("/file", server))
        t.client.security(0x1)
        t.client.resume()
        t.rests(ERROR, code, REMOTE_FILE)
        t.equal("requests", t.requests(server), [])
        if content:
            t.cancel()
    t.lists.content = good
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))


@test("SetSecurityFlags: switching on the check of revocation lists in the middle of a file begins it anew")
def revocation_later(t):
    t.lists.content = t.lists.make(os.path.join(t.certificates, "ca"))
    t.half(t.url("/in-turn/file/hang-body/file", t.listed))
    t.client.security(0x1)
    t.rests(DONE)
    t.equal("requests", t.requests(t.listed), ["HEAD", "GET", "HEAD", "GET"])
    t.complete(double.content(SIZE))


@test("a client judges a good certificate, once for a server and port and before that sees a request")
def judged(t):
    # spec: api 5.13
    nginx = "https://localhost:%d/big.bin" % t.ports[2]
    t.job(t.url("/file", t.secure), t.url("/file", t.secure), t.url("/redirect-to", to=nginx))
    t.client.judge(UNTRUSTED_ROOT)
    t.client.resume()
    t.rests(TRANSIENT, UNTRUSTED_ROOT, CERTIFICATE_CALLBACK)
    t.equal("requests that a judge refused", t.requests(t.secure), [])
    t.equal("shown", t.client.asked(1, 0)["shown"], "localhost 2 %s %s" % (t.row, t.url("/file", t.secure)))
    t.equal("result while the job waits to try again", t.client.step("judge", "0").hr, READ_ONLY_WHEN_ACTIVE)
    t.client.suspend()
    t.client.judge(0)
    t.client.resume()
    t.rests(DONE)
    t.equal("questions for two servers", t.client.asked(2, 0)["asked"], "2")
    t.equal("requests", t.requests(t.secure), ["HEAD", "GET", "HEAD", "GET"])
    t.complete(double.content(SIZE))


@test("a client that judges certificates is not asked about http, nor about what the flags do not forgive")
def not_judged(t):
    t.job(t.url("/file"), t.url("/file", t.wrong_host))
    t.client.judge(0)
    t.client.resume()
    t.rests(ERROR, SECURE_FAILURE, REMOTE_FILE)
    t.equal("questions", t.client.asked(0, 0)["asked"], "0")
    t.client.security(0x2)
    t.client.resume()
    t.rests(DONE)
    t.equal("questions about what is forgiven", t.client.asked(1, 0)["asked"], "1")
    # what is accepted is forgotten with the judge, and without one nobody is asked
    t.client.cancel()
    t.job(t.url("/hang-body", t.secure))
    for how in 0, 0, "none":
        t.client.judge(how)
        t.client.resume()
        t.client.until("TRANSFERRING")
        t.client.suspend()
        t.equal("questions", t.client.asked(0, 0)["asked"], "1")
    t.cancel()


@test("a client that hangs over a certificate does not hold up Suspend and Cancel, and a new judge counts at once")
def judge_hangs(t):
    t.job(t.url("/file", t.secure))
    for _ in range(2):
        t.client.judge("hang")
        t.client.resume()
        t.client.asked(1, DEADLINE * 1000)
        t.client.suspend()
        t.client.resume()
        t.client.suspend()
    t.equal("requests", t.requests(t.secure), [])
    t.equal("questions at once", t.client.asked(0, 0)["asked"], "1")
    t.client.judge(0)
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))
    os.unlink(t.local)
    t.job(t.url("/file", t.secure))
    t.client.judge("hang")
    t.client.resume()
    t.client.asked(1, DEADLINE * 1000)
    t.cancel()


@test("a judge of certificates that has died is missed until there is another one")
def judge_dies(t):
    t.job(t.url("/file", t.secure))
    other = Client()
    other.find(t.id)
    other.judge(0)
    other.process.kill()
    other.process.wait()
    t.client.resume()
    t.rests(TRANSIENT, JUDGE_REQUIRED, CERTIFICATE_CALLBACK)
    t.equal("requests", t.requests(t.secure), [])
    t.client.suspend()
    t.client.judge(0)
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))


@test("nginx: a client certificate from MY, chosen by its thumbprint or by its name, and none without")
def client_certificate(t):
    url = "https://localhost:%d/big.bin" % t.ports[4]
    pfx = "Z:" + os.path.join(t.certificates, "client.pfx").replace("/", "\\")
    for how in "id", "somebody":
        t.job(url)
        t.client.certificate(how, pfx)
        t.client.resume()
        t.rests(DONE)
        t.complete()
        t.equal("SHA-256", sha256(t.local), sha256(os.path.join(t.web, "files/big.bin")))
        os.unlink(t.local)
    t.job(url)
    t.client.resume()
    t.rests(ERROR, http(400), REMOTE_FILE)
    t.cancel()


@test("a server that breaks off for want of a client certificate: fatal at once, and the job goes on with one")
def wanted_certificate(t):
    origin = Origin(os.path.join(t.certificates, "good"), clients=os.path.join(t.certificates, "ca.pem"))
    t.job(origin.url("/file", t.row))
    t.client.resume()
    t.rests(ERROR, CERTIFICATE_NEEDED, REMOTE_FILE)
    t.client.certificate("id", "Z:" + os.path.join(t.certificates, "client.pfx").replace("/", "\\"))
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))
    t.equal("requests", [r["method"] for r in origin.of(t.row)], ["HEAD", "GET"])


# --- files and shares -----------------------------------------------------------------------------------------------

def copies(sentence, remote, real):
    @test(sentence)
    def run(t):
        data = os.urandom(3000000)
        source = real(t.row)
        with open(source, "wb") as file:
            file.write(data)
        os.utime(source, (MODIFIED, MODIFIED))
        t.job(remote % t.row)
        t.client.resume()
        t.rests(DONE)
        t.check(not os.path.exists(t.local), "the file is there before Complete")
        t.complete(data)
        t.equal("time", os.stat(t.local).st_mtime, MODIFIED)


def in_drive(name):
    return os.path.join(DRIVE, name + ".src")


def in_share(name):
    return os.path.join(BASE, "share", name + ".src")


copies("from a path", r"C:\%s.src", in_drive)
copies("from a file:// name", "file:///C:/%s.src", in_drive)
copies("from a share", r"\\localhost\share\%s.src", in_share)
copies("from a file:// name of a share", "file://localhost/share/%s.src", in_share)


@test("a source that is not there is a fatal error of the remote file")
def no_source(t):
    for remote, code in (r"C:\missing.src", 0x80070002), (r"C:\missing\x.src", 0x80070003):
        t.job(remote)
        t.client.resume()
        t.rests(ERROR, code, REMOTE_FILE)
        t.hears("error 0x%08x" % code)
        t.cancel()


# --- the helper token -----------------------------------------------------------------------------------------------

@test("flags without a token: fatal when the transfer needs it, and cured by a token")
def token_missing(t):
    for flags in 1, 2, 3:
        t.job(t.url("/file"))
        t.client.flags(flags)
        t.client.resume()
        t.rests(ERROR, TOKEN_REQUIRED, QUEUE_MANAGER)
        t.hears("error 0x%08x" % TOKEN_REQUIRED)
        t.client.helper("restricted")
        t.client.resume()
        t.rests(DONE)
        t.complete(double.content(SIZE))
        os.unlink(t.local)


@test("... or by flags 0")
def flags_cleared(t):
    t.job(t.url("/file"))
    t.client.flags(2)
    t.client.resume()
    t.rests(ERROR, TOKEN_REQUIRED, QUEUE_MANAGER)
    t.client.flags(0)
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))


@test("ClearHelperToken stops a transfer that uses the token; a new one lets it go on")
def token_taken(t):
    t.job(t.url("/in-turn/file/hang-body/file"))
    t.client.helper("restricted")
    t.client.flags(3)
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.ends_within(lambda: t.client.step("helper", "none"), t.connection_end())
    facts = t.rests(ERROR, TOKEN_REQUIRED, QUEUE_MANAGER)
    t.equal("bytes", facts["bytes"], str(SIZE // 2))
    t.hears("error 0x%08x" % TOKEN_REQUIRED)
    t.client.helper("restricted")
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", REST])
    t.complete(double.content(SIZE))


@test("ClearHelperToken does not disturb a transfer that does not use the token")
def token_unused(t):
    t.job(t.url("/in-turn/file/hang-body"))
    t.client.helper("restricted")
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.client.helper("none")
    t.equal("state", t.client.facts()["state"], "TRANSFERRING")
    t.equal("requests", t.requests(), ["HEAD", "GET"])
    t.cancel()


# --- the service ----------------------------------------------------------------------------------------------------

@test("the service stops in the middle of a transfer, its agent with it, and starts again")
def stop_service(t):
    t.half(t.url("/in-turn/file/hang-body"))
    end = t.connection_end()
    running = agents()
    started = time.monotonic()
    wine("net", "stop", "BITS")
    t.check(running and wait_for(lambda: not any(is_alive(pid) for pid in running)), "the agent stays")
    t.check(wait_for(end), "the connection stays")
    took = time.monotonic() - started
    t.notes.append("%.1f s" % took)

    # the first call finds out that the old service is gone; the job is there again
    t.check(wait_for(lambda: t.client.step("find", t.id).hr == 0), "the service does not start again")
    t.client.cancel()
    t.local = t.path("again.bin")
    t.client.create(t.row)
    t.client.priority(0)
    t.client.add(t.url("/file"), windows(t.local))
    t.client.resume()
    t.rests(DONE)
    t.client.complete()
    t.check(read(t.local) == double.content(SIZE), "the file has other bytes")
