"""
Real servers on 127.0.0.1: nginx, Apache and squid, and what their logs say of the requests.

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
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile

from rig import DEADLINE, Failure, double, is_open, start_nginx, wait_for

USER, PASSWORD = "user", "secret"
SIZE = 100000
MODIFIED = 1000000000


class Logged:
    """A server whose log has lines of METHOD, URI, Range, If-Unmodified-Since and status, with tabs between."""

    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, log

    def url(self, path, row, **query):
        return "http://127.0.0.1:%d%s?row=%s" % (self.port, path, row)

    def of(self, row):
        """The requests of that row, as the double has them.  A server logs when it has sent everything."""
        with open(self.log) as file:
            lines = [line.rstrip("\n").split("\t") for line in file if re.search(r"row=%s\b" % row, line)]
        names = "Range", "If-Unmodified-Since"
        return [{"method": method, "status": status, "headers": [(n, v) for n, v in zip(names, values) if v != "-"]}
                for method, _, *values, status in lines]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=DEADLINE)
        shutil.rmtree(os.path.dirname(self.log))


def make_files(directory):
    """file.bin, empty.bin and private/file.bin"""
    os.makedirs(os.path.join(directory, "private"))
    for name, size in ("file.bin", SIZE), ("private/file.bin", SIZE), ("empty.bin", 0):
        path = os.path.join(directory, name)
        with open(path, "wb") as file:
            file.write(double.content(size))
        os.utime(path, (MODIFIED, MODIFIED))


def start(name, port, *command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"))
    if not wait_for(lambda: process.poll() is not None or is_open(port)) or process.poll() is not None:
        raise Failure(name + " did not start")
    return process


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def nginx(directory, certificate):
    log = os.path.join(directory, "access.log")
    process, ports = start_nginx(directory, certificate,
                                 r"'$request_method\t$request_uri\t$http_range\t$http_if_unmodified_since\t$status'")
    make_files(os.path.join(directory, "files"))
    return Logged(process, ports[0], log)


def apache(directory):
    """/private wants Basic, /digest wants Digest; both are the same files"""
    make_files(os.path.join(directory, "files"))
    log, port = os.path.join(directory, "access.log"), free_port()
    hashed = subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], check=True, stdout=subprocess.PIPE, text=True).stdout
    ha1 = hashlib.md5(("%s:zoo:%s" % (USER, PASSWORD)).encode()).hexdigest()
    for name, line in ("basic", "%s:%s" % (USER, hashed)), ("digest", "%s:zoo:%s\n" % (USER, ha1)):
        with open(os.path.join(directory, name), "w") as file:
            file.write(line)
    modules = "mpm_event authn_core authn_file authz_core authz_user auth_basic auth_digest alias".split()
    with open(os.path.join(directory, "httpd.conf"), "w") as file:
        file.write("ServerName localhost\nListen 127.0.0.1:%d\nPidFile %s/pid\nErrorLog %s/error.log\n" %
                   (port, directory, directory))
        file.write("DefaultRuntimeDir %s\nMutex fcntl:%s\n" % (directory, directory))
        for module in modules:
            file.write("LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n" % (module, module))
        file.write('LogFormat "%%m\\t%%U%%q\\t%%{Range}i\\t%%{If-Unmodified-Since}i\\t%%s" row\nCustomLog %s row\n' % log)
        file.write("DocumentRoot %s/files\nAlias /digest %s/files/private\n" % (directory, directory))
        for place, kind in ("/private", "Basic"), ("/digest", "Digest"):
            file.write("<Location %s>\nAuthType %s\nAuthName zoo\nAuth%sProvider file\nAuthUserFile %s/%s\n"
                       "Require valid-user\n</Location>\n" % (place, kind, kind, directory, kind.lower()))
    return Logged(start("Apache", port, "apache2", "-X", "-f", os.path.join(directory, "httpd.conf")), port, log)


def squid(wants_password):
    """A proxy without a cache; to 127.0.0.1 and any port, CONNECT too."""
    directory = tempfile.mkdtemp(prefix="squid.")   # started by root, squid is nobody, who cannot enter all others
    log, port = os.path.join(directory, "access.log"), free_port()
    with open(os.path.join(directory, "users"), "w") as file:
        file.write("%s:%s" % (USER, subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], check=True,
                                                   stdout=subprocess.PIPE, text=True).stdout))
    # where a machine's own file has "::1 localhost" too, squid tries nothing else
    with open(os.path.join(directory, "hosts"), "w") as file:
        file.write("127.0.0.1 localhost\n")
    os.chmod(directory, 0o777)
    with open(os.path.join(directory, "squid.conf"), "w") as file:
        file.write("http_port 127.0.0.1:%d\npid_filename %s/pid\ncache_log %s/cache.log\ncache deny all\n"
                   "logformat row %%rm\\t%%ru\\t%%{Range}>h\\t%%{If-Unmodified-Since}>h\\t%%>Hs\n"
                   "strip_query_terms off\nhosts_file %s/hosts\naccess_log stdio:%s row\ncoredump_dir %s\nshutdown_lifetime 0 seconds\n"
                   "netdb_filename none\npinger_enable off\ncache_effective_user nobody\nvisible_hostname localhost\n"
                   "cache_effective_group nogroup\nbuffered_logs off\n" %
                   (port, directory, directory, directory, log, directory))
        if wants_password:
            file.write("auth_param basic program /usr/lib/squid/basic_ncsa_auth %s/users\n"
                       "auth_param basic children 1\nauth_param basic realm zoo\nacl known proxy_auth REQUIRED\n"
                       "http_access allow known\nhttp_access deny all\n" % directory)
        else:
            file.write("http_access allow all\n")
    process = start("squid", port, "squid", "-N", "-n", "zoo%d" % port, "-f", os.path.join(directory, "squid.conf"))
    return Logged(process, port, log)
