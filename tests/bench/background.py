#!/usr/bin/env python3
# background.py DIRECTORY: what background transfers take and leave on a path that others use too.  Started by tools/bench.
#
#     server --- router, 100 Mbit/s and 100 ms of queue --+-- this host: the agent, or the whole service
#                                                         +-- another host
#
# Four network namespaces, with segmentation offloads off; the server's congestion control is reno, then bbr.  Each row is
# one download: some seconds alone, beside curl's on this or on the other host, and alone again.
#
# Copyright 2026 The winebits authors
#
# This library is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# This library is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.

import array
import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/agent"), os.path.join(TOP, "tests/transfer")]
import agentlink  # noqa: E402
import rig  # noqa: E402

SERVER = "10.91.0.2"
LINK = 100 * 1448 / 1514        # Mbit/s of bodies that 100 Mbit/s of Ethernet carry
COMPETITOR = 80 << 20           # bytes
LARGE = 1 << 30                 # more than a row takes
ALONE = 6                       # seconds alone before the competitor
AFTER = 4                       # and behind it
SECONDS = 90                    # in which a row is over, whatever happens


class Skip(Exception):
    pass


def switch_offloads_off(device):
    """TSO, GSO and GRO, in the current namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in 0x1f, 0x24, 0x2c:        # ETHTOOL_STSO, SGSO, SGRO
            value = array.array("B", struct.pack("II", command, 0))
            fcntl.ioctl(control, 0x8946, struct.pack("16sP", device.encode(), value.buffer_info()[0]))  # SIOCETHTOOL


class Network:
    """The namespaces; nothing of them is left when it is closed."""

    HOSTS = "server", "router", "here", "there"

    def __init__(self):
        self.names = {host: "winebits-%d-%s" % (os.getpid(), host) for host in self.HOSTS}
        self.processes = []

    def open(self):
        for name in self.names.values():
            self.ip("netns", "add", name)
        for host, device in ("server", "wan"), ("here", "lan0"), ("there", "lan1"):
            self.ip("link", "add", "eth0", "netns", self.names[host], "type", "veth",
                    "peer", "name", device, "netns", self.names["router"])
        self.within("router", "link", "add", "lan", "type", "bridge")
        for device in "lan0", "lan1":
            self.within("router", "link", "set", device, "master", "lan")
        for host, devices in (("router", {"wan": "10.91.0.1", "lan": "10.91.1.1", "lan0": None, "lan1": None}),
                              ("server", {"eth0": SERVER}), ("here", {"eth0": "10.91.1.2"}),
                              ("there", {"eth0": "10.91.1.3"})):
            self.within(host, "link", "set", "lo", "up")
            for device, address in devices.items():
                self.run(host, sys.executable, __file__, "offloads", device)
                if address:
                    self.within(host, "addr", "add", address + "/24", "dev", device)
                self.within(host, "link", "set", device, "up")
            if host != "router":
                self.within(host, "route", "add", "default", "via", "10.91.%d.1" % (host != "server"))
        self.run("router", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.run("router", "tc", "qdisc", "add", "dev", "lan", "root", "tbf", "rate", "100mbit", "burst", "32kbit",
                 "latency", "100ms")

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)

    @staticmethod
    def ip(*args):
        subprocess.run(["ip", *args], check=True, stdin=subprocess.DEVNULL)

    def within(self, host, *args):
        self.ip("-n", self.names[host], *args)

    def run(self, host, *command):
        subprocess.run(["ip", "netns", "exec", self.names[host], *command], check=True, stdin=subprocess.DEVNULL)

    def start(self, host, *command):
        process = subprocess.Popen(["ip", "netns", "exec", self.names[host], *command], stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def enter(self, host):
        """To be called in a new process, which is then in that namespace."""
        libc = ctypes.CDLL(None, use_errno=True)
        path = "/run/netns/" + self.names[host]

        def enter():
            with open(path) as namespace:
                if libc.setns(namespace.fileno(), 0x40000000):      # CLONE_NEWNET
                    raise OSError(ctypes.get_errno(), "setns")
        return enter


def start_server(network, directory):
    """nginx, which serves files of zeros; returns when it answers."""
    os.makedirs(directory + "/files")
    for name, size in ("large", LARGE), ("competitor", COMPETITOR):
        with open(os.path.join(directory, "files", name), "wb") as file:
            file.truncate(size)
    with open(directory + "/nginx.conf", "w") as file:
        file.write("daemon off; master_process off; pid %s/pid; error_log %s/error.log;\nevents {}\n"
                   "http { access_log off; sendfile on; server { listen %s:80; root %s/files; } }\n" %
                   (directory, directory, SERVER, directory))
    network.start("server", "nginx", "-p", directory, "-e", directory + "/error.log", "-c", directory + "/nginx.conf")
    network.run("here", "curl", "-sfo", "/dev/null", "-I", "--retry", "50", "--retry-connrefused", "--retry-delay", "0",
                "--retry-max-time", "20", "http://%s/large" % SERVER)


def compete(network, host):
    """Downloads with curl; when that began and ended."""
    started = time.monotonic()
    network.run(host, "curl", "-sfo", "/dev/null", "-m", str(SECONDS), "http://%s/competitor" % SERVER)
    return started, time.monotonic()


class Growth:
    """How the largest file of a directory grows."""

    def __init__(self, directory):
        self.directory = directory
        self.points = []            # time, bytes
        self.ended = False
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended:
            with contextlib.suppress(OSError):      # it may be renamed meanwhile
                size = max([entry.stat().st_size for entry in os.scandir(self.directory)], default=0)
                self.points.append((time.monotonic(), size))
            time.sleep(0.02)

    def stop(self):
        self.ended = True
        self.thread.join()

    def rate(self, start, end):
        """Mbit/s between two moments"""
        sizes = [max([size for at, size in self.points if at <= moment], default=0) for moment in (start, end)]
        return (sizes[1] - sizes[0]) * 8e-6 / (end - start)


@contextlib.contextmanager
def agent_order(network, directory, flags):
    """An order to the agent alone."""
    path = os.path.join(directory, "body")
    open(path, "wb").close()
    agent = agentlink.Agent(os.path.join(rig.BUILD, "native/winebits-agent"), preexec=network.enter("here"))
    order = agent.order(agentlink.GET, URL="http://%s/large" % SERVER, FILE=path, FLAGS=flags)
    agent.wait("HEADERS")
    agent.go(order)
    try:
        yield
    finally:
        agent.socket.close()
        agent.ended()


@contextlib.contextmanager
def service_job(network, directory, priority):
    """A job of the service, which runs on this host with all its processes."""
    client = rig.Client(preexec_fn=network.enter("here"))
    client.create("background")
    client.priority(priority)
    client.add("http://%s/large" % SERVER, "Z:" + os.path.join(directory, "body").replace("/", "\\"))
    client.resume()
    client.bytes(1, 30000)
    try:
        yield
    finally:
        client.cancel()
        client.close()
        rig.end_session()


def row(network, directory, download, competitor, control, what):
    """Measures one row; whether it keeps the promises."""
    directory = os.path.join(directory, "row")
    os.mkdir(directory)
    started, ended = compete(network, competitor)
    alone = ended - started
    growth = Growth(directory)
    try:
        with download(network, directory):
            begun = time.monotonic()
            time.sleep(ALONE)
            started, ended = compete(network, competitor)
            time.sleep(AFTER)
    finally:
        growth.stop()
        shutil.rmtree(directory)
    before, beside = growth.rate(begun + 1, started), growth.rate(started, ended)
    # from when on half a second is a full one
    back = next((t / 20 for t in range(AFTER * 20 - 10) if growth.rate(ended + t / 20, ended + t / 20 + 0.5) >= 0.85 * LINK),
                AFTER)
    slower = (ended - started) / alone
    if "foreground" not in what:
        good = before >= 0.85 * LINK and beside <= 0.1 * LINK and slower <= 1.1 and back <= 3
    else:
        good = 0.3 * LINK <= beside <= 0.7 * LINK
    print("| %-5s | %-19s | %-10s | %4.1f Mbit/s, %3.0f %% | %4.1f Mbit/s, %3.0f %% | %5.2f s | %5.2f s, %.3f | %.1f s | %s |" %
          (control, what, "this host" if competitor == "here" else "other host", before, 100 * before / LINK, beside,
           100 * beside / LINK, alone, ended - started, slower, back, "good" if good else "BAD"), flush=True)
    return good


def measure(network, directory):
    """All rows; whether all are good."""
    yields, shares = agentlink.WIRE["FLAG_BACKGROUND"], 0
    rows = [(lambda n, d: agent_order(n, d, yields), host, "agent, background") for host in ("here", "there")]
    rows += [(lambda n, d: service_job(n, d, 2), host, "service, NORMAL") for host in ("here", "there")]
    rows += [(lambda n, d: agent_order(n, d, shares), "there", "agent, foreground")]
    bad = 0
    print("|       |                     | competitor | alone               | beside the competitor | its time | "
          "beside us      | back  |      |")
    for control in "reno", "bbr":
        try:
            network.run("server", "sysctl", "-qw", "net.ipv4.tcp_congestion_control=" + control)
        except subprocess.CalledProcessError:
            print("background: skipped: this kernel has no %s" % control, flush=True)
            continue
        for download, competitor, what in rows:
            bad += not row(network, directory, download, competitor, control, what)
    return not bad


def check_machine():
    if os.geteuid():
        raise Skip("only root can make network namespaces")
    for program in "ip", "tc", "nginx", "curl":
        if not shutil.which(program):
            raise Skip("%s is not installed" % program)


def main(directory):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(1))
    network = Network()
    try:
        check_machine()
        try:
            network.open()
        except subprocess.CalledProcessError as error:
            raise Skip("this machine refuses: %s" % " ".join(error.cmd))
        start_server(network, os.path.join(directory, "web"))
        return 0 if measure(network, directory) else 1
    except Skip as why:
        print("background: skipped: %s" % why)
        return 0
    finally:
        network.close()


if __name__ == "__main__":
    if sys.argv[1] == "offloads":
        switch_offloads_off(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1]))
