"""
What the tests of whole transfers share: a Wine prefix with the service, a client in it, servers, and files.

Everything is made in the directory that the environment names (tools/runtests).

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
import collections
import errno
import hashlib
import os
import re
import select
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests/server"))
import double  # noqa: E402

BUILD = os.path.abspath(os.environ["BUILD"])
WINE = os.environ.get("WINE", "wine")
BASE = os.path.abspath(os.environ["WINEPREFIX_BASE"])
PREFIX = os.path.join(BASE, "prefix")
DRIVE = os.path.join(PREFIX, "drive_c")
STORE = os.path.join(DRIVE, "ProgramData/Microsoft/Network/Downloader")
DEADLINE = 30           # seconds, for anything that happens at all
FULL_DISK = os.path.join(BASE, "small")     # there if the test may mount

KEY = r"HKLM\Software\winebits"
IDENTITIES = KEY + "\\Identities\\"


def wait_for(condition, seconds=DEADLINE):
    """Waits until condition() is true and returns what it gave, or its last false value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.005)


# --- the server -----------------------------------------------------------------------------------------------------

class Connection(double.Request):
    """Tells the server when it has ended."""

    def finish(self):
        self.server.ended[self.connection_number] = time.monotonic()
        try:
            super().finish()
        except OSError:
            pass


class Origin(double.Server):
    """The double in this process: what it was asked, and when its connections ended, can be seen at once."""

    def __init__(self, certificate=None, host="127.0.0.1", clients=None):
        """CLIENTS: a file with the authority of those that show a certificate, as they must."""
        tls = None
        if certificate:
            tls = double.ssl.SSLContext(double.ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate + ".pem", certificate + ".key")
        if clients:
            tls.load_verify_locations(clients)
            tls.verify_mode = double.ssl.CERT_REQUIRED
        super().__init__(0, None, tls, host)
        self.RequestHandlerClass = Connection
        self.requests = []
        self.ended = {}     # monotonic time by connection number
        self.port = self.server_address[1]
        self.name = "localhost" if tls else "127.0.0.1"     # in URLs
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def log(self, entry):
        self.requests.append(entry)

    def url(self, path, row, **query):
        """The URL of PATH; ROW in its query tells the requests of one test from all others."""
        query = "".join("&%s=%s" % item for item in query.items())
        return "%s://%s:%d%s?row=%s%s" % ("https" if self.tls else "http", self.name, self.port, path, row, query)

    def of(self, row):
        """The requests of that row."""
        return [r for r in list(self.requests) if ("row=%s&" % row) in r["path"] + "&"]


class Origin6(Origin):
    """Of IPv6.  OSError where there is none."""
    address_family = socket.AF_INET6

    def __init__(self):
        super().__init__(host="::1")
        self.name = "[::1]"


class OneByOne(Origin):
    """Looks at no other connection as long as one is open."""
    process_request = socketserver.BaseServer.process_request


def start_nginx(directory, certificate, log_format="'$request_method \"$http_range\" $status $server_protocol $ssl_protocol'"):
    """A real server of DIRECTORY/files: plain, plain with 4 MB/s, HTTP/2 with TLS 1.3 only, and plain with 4 KB/s after
    the first 120 MiB of a response, and TLS for clients with a certificate of ca.pem beside CERTIFICATE, whose name it
    sends back in a header.  Process and five ports."""
    for name in "files", "temp":
        os.makedirs(os.path.join(directory, name))
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    temps = " ".join("%s_temp_path %s/temp;" % (kind, directory)
                     for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(os.path.join(directory, "nginx.conf"), "w") as file:
        file.write("""daemon off; master_process off; pid {d}/pid; error_log {d}/error.log;
            events {{ worker_connections 64; }}
            http {{ {temps} default_type application/octet-stream; sendfile on;
                log_format row {f}; access_log {d}/access.log row;
                server {{ listen 127.0.0.1:{p[0]}; root {d}/files; }}
                server {{ listen 127.0.0.1:{p[1]}; root {d}/files; limit_rate 4m; }}
                server {{ listen 127.0.0.1:{p[3]}; root {d}/files; limit_rate_after 120m; limit_rate 4k; }}
                server {{ listen 127.0.0.1:{p[2]} ssl http2; root {d}/files; ssl_protocols TLSv1.3;
                          ssl_certificate {c}.pem; ssl_certificate_key {c}.key; }}
                server {{ listen 127.0.0.1:{p[4]} ssl; root {d}/files; add_header X-Client $ssl_client_s_dn;
                          ssl_certificate {c}.pem; ssl_certificate_key {c}.key;
                          ssl_client_certificate {a}/ca.pem; ssl_verify_client on; }}
            }}""".format(d=directory, p=ports, f=log_format, c=certificate, a=os.path.dirname(certificate), temps=temps))
    process = subprocess.Popen(["nginx", "-p", directory, "-e", directory + "/error.log", "-c", directory + "/nginx.conf"],
                               env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"),
                               # should it outlive us, whoever reads our output does not wait for it
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not wait_for(lambda: process.poll() is not None or is_open(ports[2])) or process.poll() is not None:
        raise RuntimeError("nginx did not start")
    return process, ports


def is_open(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def make_certificates(directory, lists=None):
    """ca.pem; good, wrong (for another host), expired, misused (not for servers) and client (a PFX, too) of it; stranger
    of an authority that nobody knows; if there is the URL of a list of revoked certificates, listed, which names it."""
    os.makedirs(directory)

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=directory, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    new = ("-newkey", "rsa:2048", "-nodes")     # Wine's PFX import knows no other keys
    for authority in "ca", "unknown":
        openssl("req", "-x509", *new, "-days", "2", "-keyout", authority + ".key", "-out", authority + ".pem",
                "-subj", "/CN=winebits test " + authority)
    server = "localhost", "ca", "serverAuth", "2"
    listed = (("listed", *server),) if lists else ()
    for name, host, authority, usage, days in (
            ("good", *server), ("wrong", "other.example", *server[1:]), ("stranger", "localhost", "unknown", *server[2:]),
            ("expired", *server[:3], "0"), ("misused", *server[:2], "clientAuth", "2"),
            ("client", "somebody", "ca", "clientAuth", "2"), *listed):
        with open(os.path.join(directory, name + ".ext"), "w") as file:
            file.write("subjectAltName=DNS:%s\nextendedKeyUsage=%s\n" % (host, usage))
            if name == "listed":
                file.write("crlDistributionPoints=URI:%s\n" % lists)
        openssl("req", *new, "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + host)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey", authority + ".key",
                "-CAcreateserial", "-days", days, "-extfile", name + ".ext", "-out", name + ".pem")
    openssl("pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-out", "client.pfx", "-passout",
            "pass:password")


# --- a small disk ----------------------------------------------------------------------------------------------------

def mount_full_disk():
    """Begins this program anew where FULL_DISK is a file system of 1 MB that nobody else sees, and that goes with the
    last process that does; False where that is not possible."""
    if os.environ.get("TRANSFER_MOUNTED"):
        return os.environ["TRANSFER_MOUNTED"] == "yes"
    os.makedirs(FULL_DISK)
    mount = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "$1" && shift && exec "$@"', "sh", FULL_DISK]
    possible = not subprocess.run([*mount, "true"], stderr=subprocess.DEVNULL).returncode
    os.environ["TRANSFER_MOUNTED"] = "yes" if possible else "no"
    if possible:
        os.execvp(mount[0], [*mount, sys.executable, *sys.argv])
    return False


# --- the prefix -----------------------------------------------------------------------------------------------------

def make_prefix():
    subprocess.run([os.path.join(TOP, "tools/mkprefix"), PREFIX, "--winver", "win10"], check=True,
                   stdin=subprocess.DEVNULL)
    share = os.path.join(PREFIX, "dosdevices/unc/localhost")
    os.makedirs(share)
    os.makedirs(os.path.join(BASE, "share"))
    os.symlink(os.path.join(BASE, "share"), os.path.join(share, "share"))


def use_prefix():
    """From here on the prefix is the one that commands use."""
    for variable in "DISPLAY", "WAYLAND_DISPLAY":
        os.environ.pop(variable, None)
    os.environ.update(WINEPREFIX=PREFIX, WINEDLLOVERRIDES="mscoree,mshtml=;winedbg.exe=d")
    os.environ.setdefault("WINEDEBUG", "-all")


def wine(*args):
    """Runs a program in the prefix; its output when that ends with 0."""
    done = subprocess.run([WINE, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise Failure("%s: ended with %d: %s" % (" ".join(args), done.returncode, text.strip()))
    return text


# 64-bit: "wine reg" may be the 32-bit program
def set_value(key, name, value, kind="REG_SZ"):
    wine("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f", "/reg:64")


def get_value(key, name):
    """A string, or None."""
    done = subprocess.run([WINE, "reg", "query", key, "/v", name, "/reg:64"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120)
    match = re.search(r"REG_SZ\s+(.*)", done.stdout.decode("utf-8", "replace"))
    return match and match[1].strip()


def delete_value(key, name):
    wine("reg", "delete", key, "/v", name, "/f", "/reg:64")


def end_session():
    for option in "-k", "-w":
        subprocess.run(["wineserver", option], timeout=60)


def agents():
    """The process ids of this prefix's agents, the oldest first."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/comm" % name) as file:
                comm = file.read().strip()
            if comm == "winebits-agent" and is_ours(int(name)):
                with open("/proc/%s/stat" % name) as file:
                    found.append((int(file.read().rsplit(")", 1)[1].split()[19]), int(name)))
        except OSError:
            pass
    return [pid for _, pid in sorted(found)]


def is_ours(pid):
    """Wine starts a native process in the Windows current directory, here in the prefix; nothing else tells."""
    return os.readlink("/proc/%d/cwd" % pid).startswith(PREFIX + "/")


def environment(pid):
    with open("/proc/%d/environ" % pid, "rb") as file:
        pairs = (item.split(b"=", 1) for item in file.read().split(b"\0") if b"=" in item)
        return {os.fsdecode(name): os.fsdecode(value) for name, value in pairs}


def is_alive(pid):
    """A process that has ended and was not waited for counts as ended."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def who_waits():
    """What the kernel knows of the session's processes, for whoever has to find out why one hangs: a line for each, with
    the states of its threads and what they wait in."""
    lines = []
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            if environment(pid).get("WINEPREFIX") != PREFIX:
                continue
            threads = collections.Counter()
            for task in os.listdir("/proc/%d/task" % pid):
                status = read("/proc/%d/task/%s/stat" % (pid, task)).decode("utf-8", "replace")
                where = read("/proc/%d/task/%s/wchan" % (pid, task)).decode()
                threads[status.rsplit(")", 1)[1].split()[0] + " " + where] += 1
            name = read("/proc/%d/cmdline" % pid).replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except OSError:         # it has ended
            continue
        lines.append("%d %s: %s" % (pid, name, ", ".join("%d %s" % (n, what) for what, n in sorted(threads.items()))))
    return "\n".join(lines)


def kill_agents():
    """Kills this prefix's agents; the list of their ids."""
    pids = agents()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    if not wait_for(lambda: not any(is_alive(pid) for pid in pids)):
        raise Failure("an agent survives SIGKILL")
    return pids


# --- the client -----------------------------------------------------------------------------------------------------

class Answer(dict):
    """The facts of a step; hr and ms are its method's."""

    def __init__(self):
        super().__init__()
        self.hr = self.ms = None
        self.calls = []
        self.jobs = []


class Client:
    """winebits_client job: each method call is a step (tests/clients/job.c)."""

    def __init__(self, **options):
        """OPTIONS: of its process, and of the session if this is its first program"""
        program = os.path.join(BUILD, "x86_64/tests/clients/winebits_client.exe")
        self.process = subprocess.Popen([WINE, program, "job"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        self.buffer = b""
        self.last = None        # step

    def line(self):
        end = time.monotonic() + 2 * DEADLINE
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not data:
                raise Failure("the client has ended" if ready else "the client hangs in %r:\n%s" % (self.last, who_waits()))
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode().rstrip("\r")

    def step(self, name, *args):
        """The answer, whatever the result."""
        self.last = name
        self.process.stdin.write((" ".join([name, *('"%s"' % a for a in args)]) + "\n").encode())
        self.process.stdin.flush()
        answer = Answer()
        while True:
            key, _, value = self.line().partition(" ")
            if key == "=":
                hr, ms = value.split()
                answer.hr, answer.ms = int(hr, 16), float(ms)
                return answer
            if key == "call":
                answer.calls.append(value)
            if key == "job":
                answer.jobs.append(value)
            answer[key] = value

    def __getattr__(self, name):
        """client.resume() and so on: fails unless the result is S_OK"""
        def run(*args):
            answer = self.step(name, *(str(a) for a in args))
            if answer.hr:
                raise Failure("%s: 0x%08x %s" % (" ".join([name, *map(str, args)]), answer.hr, dict(answer) or ""))
            return answer
        return run

    def until(self, *states, seconds=DEADLINE):
        return self.wait(",".join(states), seconds * 1000)

    def close(self):
        self.process.stdin.close()
        return self.process.wait(timeout=DEADLINE)


# --- files ----------------------------------------------------------------------------------------------------------

def windows(path):
    """The Windows name of a file in the prefix's drive C:."""
    return "C:\\" + os.path.relpath(path, DRIVE).replace("/", "\\")


def temporaries(directory):
    return sorted(name for name in os.listdir(directory) if name.startswith("BIT") and name.endswith(".tmp"))


def is_hidden(path):
    """None where the file system cannot keep that."""
    try:
        return bool(int(os.getxattr(path, "user.DOSATTRIB"), 16) & 2)
    except OSError as error:
        return False if error.errno == errno.ENODATA else None


def read(path):
    with open(path, "rb") as file:
        return file.read()


def sha256(path):
    return hashlib.sha256(read(path)).hexdigest()


# --- results --------------------------------------------------------------------------------------------------------

class Failure(Exception):
    """Ends a test: nothing that follows would make sense."""


class Skip(Exception):
    """Ends a test that cannot be done here."""
