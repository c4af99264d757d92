"""
The phases of a transfer, each with a server that keeps it there for longer than any test lasts.

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
import os
import shutil
import socket
import subprocess
import time

from case import SIZE, TRANSIENT, owner_sid
from rig import (BASE, DEADLINE, IDENTITIES, TOP, Client, Failure, Origin, Skip, delete_value, kill_agents, set_value,
                 wait_for)


def is_connected(port):
    """Whether a client at 127.0.0.1 has a connection to that port there, or tries to get one."""
    with open("/proc/net/tcp") as file:
        rows = (line.split()[1:4] for line in file.readlines()[1:])
        return any(ours.startswith("0100007F:") and theirs == "0100007F:%04X" % port and state in ("01", "02")
                   for ours, theirs, state in rows)


class Phase(contextlib.ExitStack):
    """Used as a context, which is the server's life; one transfer at a time."""
    name = port = None
    active = True       # the transfer is at work, and nothing else would end it for 30 s
    folder = ""         # where its file shall be

    def url(self, row):
        raise NotImplementedError

    def wait(self, client, row):
        """Until the client's job is there."""
        raise NotImplementedError

    def closed(self):
        """Whether the transfer has no connection: the time, on the monotonic clock."""
        return not (self.port and is_connected(self.port)) and time.monotonic()


class Resolving(Phase):
    name = "resolving"

    def __enter__(self):
        library, self.asked = (os.path.join(BASE, name) for name in ("slowresolver.so", "asked"))
        compiler = shutil.which(os.environ.get("CC", "cc"))
        if not compiler:
            raise Skip("no C compiler")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, os.path.join(TOP, "tests/agent/slowresolver.c")],
                       check=True)
        client = Client()
        identity = IDENTITIES + owner_sid(client)
        client.close()
        for name, value in ("LD_PRELOAD", library), ("SLOWRESOLVER_ASKED", self.asked):
            set_value(identity, name, value)
            self.callback(delete_value, identity, name)
        # from here on with these, and afterwards without
        kill_agents()
        self.callback(kill_agents)
        return self

    def url(self, row):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.asked)
        return "http://slow.invalid/" + row

    def wait(self, client, row):
        if not wait_for(lambda: os.path.exists(self.asked)):
            raise Failure("no name is looked up")


class Connecting(Phase):
    name = "connecting"

    def __enter__(self):
        listener = self.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        self.port = listener.getsockname()[1]
        # nobody takes this one, and there is no room for a second, whose SYN stays without answer
        self.enter_context(socket.create_connection(("127.0.0.1", self.port), source_address=("127.0.0.2", 0)))
        return self

    def url(self, row):
        return "http://127.0.0.1:%d/%s" % (self.port, row)

    def wait(self, client, row):
        if not wait_for(lambda: is_connected(self.port)):
            raise Failure("nobody connects")


class Tls(Phase):
    name = "TLS"

    def __enter__(self):
        self.listener = self.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.listener.settimeout(DEADLINE)
        self.port = self.listener.getsockname()[1]
        return self

    def url(self, row):
        return "https://127.0.0.1:%d/%s" % (self.port, row)

    def wait(self, client, row):
        """The server keeps what it has taken, and never says a word."""
        peer = self.enter_context(self.listener.accept()[0])
        peer.settimeout(DEADLINE)
        if peer.recv(1) != b"\x16":
            raise Failure("that is no TLS")


class Http(Phase):
    """Of the server at ORIGIN, after that many requests, and with that much of the body."""

    def __init__(self, name, path, requests, received, **query):
        super().__init__()
        self.name, self.path, self.requests, self.received, self.query = name, path, requests, received, query

    def __enter__(self):
        self.origin = Origin()
        self.callback(self.origin.shutdown)
        self.port = self.origin.port
        return self

    def url(self, row):
        return self.origin.url(self.path, row, **self.query)

    def wait(self, client, row):
        if not wait_for(lambda: len(self.origin.of(row)) >= self.requests):
            raise Failure("the server is not asked")
        if self.received:
            client.bytes(self.received, DEADLINE * 1000)


class FullDisk(Http):
    """The disk is full when its turn comes; the transfer has stopped by itself then."""
    active = False
    folder = "small"

    def __init__(self):
        super().__init__("writing to a full disk", "/file", 2, 0, size=10000000)

    def wait(self, client, row):
        client.until(TRANSIENT)


PHASES = (Resolving(), Connecting(), Tls(), Http("waiting for the first byte", "/hang", 1, 0),
          Http("the body stands still", "/in-turn/file/hang-body", 2, SIZE // 2),
          Http("the body comes at 20 MB/s", "/slow", 2, 1, size=10**10, rate=20000000), FullDisk())
