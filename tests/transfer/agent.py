"""
Agents: what their end, their absence and their silence cost, and whose environment they have.

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
import signal
import sys
import time

from case import *  # noqa: F403
from cases import comes, far, internet_settings, uses_proxy
from rig import (DEADLINE, IDENTITIES, KEY, TOP, Client, Skip, agents, delete_value, double, environment, get_value, is_alive,
                 kill_agents, read, set_value, wait_for, windows)


@contextlib.contextmanager
def registry(key, name, value):
    """The value is there meanwhile; what was there before comes back."""
    before = get_value(key, name)
    set_value(key, name, value)
    try:
        yield
    finally:
        if before is None:
            delete_value(key, name)
        else:
            set_value(key, name, before)


@test("an agent that is killed costs its transfer a transient error, and Resume continues with a new one")
def killed(t):
    t.half(t.url("/in-turn/file/hang-body/file"))
    dead = kill_agents()
    t.equal("number of agents", len(dead), 1)
    facts = t.rests(TRANSIENT, 0x8007042b, QUEUE_MANAGER)
    t.check("winebits-agent" in facts.get("description", ""), "the description does not name the agent")
    t.equal("bytes", facts["bytes"], str(SIZE // 2))
    t.client.resume()
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", REST])
    t.check(set(agents()).isdisjoint(dead), "the dead agent lives")
    t.complete(double.content(SIZE))


def demand_and_kill(t, path, ranges, bytes, filled, rest, **query):
    """A job on demand for RANGES, whose agent is killed when BYTES have come: FILLED stays, and REST is asked for next."""
    t.id = t.client.create(t.row)["id"]
    t.client.priority(0)
    t.client.demand()
    t.client.add(t.url(path, **query), windows(t.local))
    t.client.request(ranges)
    t.client.resume()
    t.client.bytes(bytes, DEADLINE * 1000)
    t.equal("number of agents", len(kill_agents()), 1)
    t.rests(TRANSIENT, 0x8007042b, QUEUE_MANAGER)
    t.equal("ranges after the kill", t.client.filled()["filled"], filled)
    t.client.resume()
    t.client.until("SUSPENDED")
    t.equal("requests", t.requests()[2:], ["HEAD", rest])
    t.client.request("0:eof")
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))


@test("on demand: an agent that is killed in the middle of a range leaves what had come of it")
def killed_on_demand(t):
    demand_and_kill(t, "/in-turn/file/hang-body/parts", "20000:40000", 20000, "20000:20000", "GET 40000-59999")
    t.equal("requests", t.requests()[-1], "GET 0-19999,60000-99999")


@test("on demand: an agent that is killed in the middle of several ranges leaves those that had come")
def killed_in_parts(t):
    demand_and_kill(t, "/in-turn/file/torn-parts/parts", "1000:100,20000:40000", 100, "1000:100", "GET 20000-59999", hang=1)


@test("an agent that is killed before the server answered: a new one asks again")
def killed_early(t):
    t.job(t.url("/in-turn/hang/file"))
    t.client.resume()
    t.check(wait_for(lambda: t.requests()), "the server is not asked")
    t.equal("number of agents", len(kill_agents()), 1)
    t.rests(DONE)
    t.equal("requests", t.requests(), ["HEAD", "HEAD", "GET"])
    t.complete(double.content(SIZE))


@test("an agent that hangs keeps nobody waiting: Suspend returns, and Resume continues with a new one")
def hung(t):
    t.half(t.url("/in-turn/file/hang-body/file"))
    old = agents()
    t.equal("number of agents", len(old), 1)
    for pid in old:
        os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        t.client.suspend()
        t.client.resume()
        t.rests(DONE)
        took = time.monotonic() - started
        t.notes.append("%.0f ms from Suspend to the end" % (took * 1000))
        t.check(set(agents()) - set(old), "there is no new agent")
    finally:
        for pid in old:
            os.kill(pid, signal.SIGCONT)
    t.check(wait_for(lambda: not any(is_alive(pid) for pid in old)), "the old agent stays")
    t.equal("requests", t.requests(), ["HEAD", "GET", "HEAD", REST])
    t.complete(double.content(SIZE))


@test("an idle agent that is killed costs nothing")
def killed_idle(t):
    t.equal("number of agents", len(kill_agents()), 1)
    t.job(t.url("/file"))
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))


def without_agent(t, path, headers=""):
    """PATH cannot do an agent's work; with the right one it gets done.  The facts of the job meanwhile."""
    with registry(KEY, "Agent", path):
        kill_agents()
        t.job(t.url("/file"))
        t.client.headers(headers)
        t.client.resume()
        t.client.step("wait", ",".join(RESTING), DEADLINE * 1000)
        facts = t.client.facts()
        t.equal("state", facts["state"], TRANSIENT)
        t.check(path in facts.get("description", ""), "description: %s", facts.get("description"))
        t.equal("requests", t.requests(), [])
    t.client.headers("")
    t.client.resume()
    t.rests(DONE)
    t.complete(double.content(SIZE))
    return facts


@test("an agent that is not there: transient, the description names it, and Resume finds the right one")
def agent_missing(t):
    t.equal("context", without_agent(t, "/missing/agent").get("context"), str(QUEUE_MANAGER))


@test("an agent that is no agent: transient, and the description names it")
def agent_wrong(t):
    without_agent(t, "/bin/true")


# greets, but does not read what it is told; its pipe is full with half of the order
DEAF = """#!%s
import fcntl, os, socket, sys
sys.path.insert(0, %r)
from agentlink import WIRE_VERSION, frame
service, events, orders = socket.socket(fileno=0), os.pipe(), os.pipe()
service.setblocking(True)
fcntl.fcntl(orders[1], fcntl.F_SETPIPE_SZ, 4096)
name = "/proc/%%d/fd/" %% os.getpid()
service.sendall(frame("HELLO", 0, {"VERSION": WIRE_VERSION, "EVENTS": name + str(events[0]), "ORDERS": name + str(orders[1])}))
service.recv(1)
"""


@test("an agent that does not take its orders: transient, and Resume finds the right one")
def agent_deaf(t):
    script = t.path("deaf")
    with open(script, "w") as file:
        file.write(DEAF % (sys.executable, os.path.join(TOP, "tests/agent")))
    os.chmod(script, 0o755)
    without_agent(t, script, "X-Long: " + 6000 * "x")


@test("the owner's agent has the environment of the owner's identity, and never HKLM's of others")
def owner_environment(t):
    with registry(IDENTITIES + owner_sid(t.client), "KRB5CCNAME", "FILE:/tmp/krb5cc_owner"), \
            registry(IDENTITIES + "S-1-5-19", "KRB5CCNAME", "FILE:/tmp/krb5cc_19"):
        kill_agents()
        t.job(t.url("/file"))
        t.client.resume()
        t.rests(DONE)
        t.equal("environments", [environment(pid).get("KRB5CCNAME") for pid in agents()], ["FILE:/tmp/krb5cc_owner"])
        t.client.cancel()
        kill_agents()


@test("PRECONFIG and AUTODETECT without settings: the proxy and the exceptions of the identity's environment; NO_PROXY: none")
def environment_proxy(t):
    key = IDENTITIES + owner_sid(t.client)
    with registry(key, "http_proxy", "http://127.0.0.1:%d" % t.origin.port):
        kill_agents()
        uses_proxy(t, far(t))
        comes(t, far(t), True, None, None, lambda client: client.proxy("auto"))
        comes(t, far(t), False, TRANSIENT, NAME_NOT_RESOLVED, lambda client: client.proxy("none"))
        with internet_settings(ProxyEnable=1, ProxyServer="127.0.0.1:1"):
            comes(t, far(t), False, TRANSIENT, CANNOT_CONNECT)
        with registry(key, "no_proxy", "elsewhere.invalid,host.invalid"):
            kill_agents()
            uses_proxy(t, far(t), False)
    kill_agents()


@test("with a network helper its own agent is asked, with the environment of its identity")
def helper_environment(t):
    t.client.create(t.row)
    answer = t.client.step("helper", "S-1-5-19")
    if answer.hr == NOT_SUPPORTED:
        t.client.cancel()
        raise Skip("this Wine cannot make another user's token")
    t.equal("result of SetHelperToken", answer.hr, 0)
    t.client.cancel()
    with registry(IDENTITIES + "S-1-5-19", "KRB5CCNAME", "FILE:/tmp/krb5cc_19"):
        kill_agents()
        t.job(t.url("/in-turn/file/hang-body"))
        t.client.helper("S-1-5-19")
        t.client.flags(2)
        t.client.resume()
        t.client.bytes(SIZE // 2, DEADLINE * 1000)
        t.equal("environments", [environment(pid).get("KRB5CCNAME") for pid in agents()], ["FILE:/tmp/krb5cc_19"])
        t.cancel()
        t.job(t.url("/file"))
        t.client.resume()
        t.rests(DONE)
        t.equal("environments", [environment(pid).get("KRB5CCNAME") for pid in agents()], ["FILE:/tmp/krb5cc_19", None])
        t.client.cancel()
        kill_agents()


@test("all jobs of one identity share one agent")
def one_agent(t):
    t.half(t.url("/in-turn/file/hang-body"))
    other = Client()
    try:
        other.create(t.row + " other")
        other.priority(0)
        other.add(t.url("/file", size=1000), windows(t.path("other.bin")))
        other.resume()
        other.until(DONE)
        t.equal("number of agents", len(agents()), 1)
        other.cancel()
    finally:
        other.close()
    t.cancel()
