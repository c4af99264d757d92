"""
What a session's end, or the service's, leaves of the queue: all of it (spec: behaviour 10).

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
import os
import re
import shutil
import struct
import subprocess

from case import (CERTIFICATE_CALLBACK, DONE, ERROR, JUDGE_REQUIRED, SIZE, TOKEN_REQUIRED, TRANSIENT, Test, http,
                  test)
from double import content
from rig import (BUILD, DEADLINE, KEY, STORE, WINE, Client, end_session, get_value, read, set_value, sha256,
                 temporaries, wait_for, windows, wine)

NOBODY = "{11111111-1111-1111-1111-111111111111}"
NOT_FOUND = 0x80200001
LARGE = 200000000
TEST_PROGRAM = "Z:" + os.path.join(BUILD, "x86_64/tests/api/winebits_test.exe")


def new_session():
    """Every process of the prefix ends without a word, the service too; a new client finds a new one."""
    Test.client.process.kill()
    Test.client.process.wait()
    end_session()
    Test.client = Client()


def find(t, job):
    t.equal("result of GetJob", t.client.step("find", job).hr, 0)
    return t.client.facts()


def make(t, url, name):
    job = t.client.create(t.row + name)["id"]
    t.client.priority(0)
    t.client.add(url, windows(t.path(name)))
    return job


@test("a killed session costs no job: each is there again in its state, and what has ended stays away")
def states(t):
    suspended = make(t, t.url("/file"), "suspended")
    t.client.priority(3)
    gone = make(t, t.url("/file"), "gone")
    t.client.cancel()
    failed = make(t, t.url("/status/404"), "failed")
    t.client.resume()
    t.client.until(ERROR)
    finished = make(t, t.url("/file"), "finished")
    t.client.resume()
    t.client.until(DONE)
    completed = make(t, t.url("/file"), "completed")
    t.client.resume()
    t.client.until(DONE)
    t.client.complete()
    new_session()

    facts = find(t, suspended)
    t.equal("state", facts["state"], "SUSPENDED")
    t.equal("priority", facts["priority"], "3")
    t.client.priority(0)
    t.client.resume()
    t.client.until(DONE)
    t.client.complete()
    t.check(read(t.path("suspended")) == content(SIZE), "the suspended job's file has other bytes")

    for job in gone, completed:
        t.equal("GetJob of a finished job", t.client.step("find", job).hr, NOT_FOUND)

    facts = find(t, failed)
    t.equal("state", facts["state"], ERROR)
    t.equal("code", facts.get("code"), "0x%08x" % http(404))
    t.client.heard("error", DEADLINE * 1000)
    t.client.cancel()

    facts = find(t, finished)
    t.equal("state", facts["state"], DONE)
    t.client.heard("transferred", DEADLINE * 1000)
    t.client.complete()
    t.check(read(t.path("finished")) == content(SIZE), "the finished job's file has other bytes")
    t.equal("temporary files", temporaries(t.directory), [])


@test("a judge of certificates dies with the session, but not that the job needs one")
def judge(t):
    job = make(t, t.url("/file", t.secure), "out.bin")
    t.client.judge(0)
    new_session()
    find(t, job)
    t.client.resume()
    t.rests(TRANSIENT, JUDGE_REQUIRED, CERTIFICATE_CALLBACK)
    t.equal("requests", t.requests(t.secure), [])
    t.client.suspend()
    t.client.judge("none")
    t.client.resume()
    t.rests(DONE)
    t.complete(content(SIZE))


@test("a transfer that a killed session broke off goes on in the next, and is whole")
def goes_on(t):
    job = make(t, t.url("/in-turn/file/hang-body/file"), "out.bin")
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    new_session()
    find(t, job)
    t.client.until(DONE)
    t.complete(content(SIZE))


@test("a temporary file that was made for the next file is known after a kill")
def goes_on_prepared(t):
    job = make(t, t.url("/in-turn/file/hang-body/file"), "out.bin")
    t.client.add(t.url("/file/2"), windows(t.path("out1.bin")))
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.check(wait_for(lambda: len(temporaries(t.directory)) == 2), "files: %s", os.listdir(t.directory))
    names = temporaries(t.directory)
    new_session()
    find(t, job)
    t.client.until(DONE)
    t.equal("temporary files", temporaries(t.directory), names)
    t.complete(content(SIZE))
    t.equal("files afterwards", sorted(os.listdir(t.directory)), ["out.bin", "out1.bin"])


@test("a transfer outlives its client, and the session ends by itself when it is done")
def outlives_client(t):
    size = 200000
    job = make(t, t.url("/slow", size=size, rate=size // 4), "out.bin")
    t.client.resume()
    t.client.bytes(1, DEADLINE * 1000)
    t.client.process.stdin.close()
    t.client.process.wait(timeout=DEADLINE)
    subprocess.run(["wineserver", "-w"], timeout=DEADLINE + 10)
    t.check(os.path.getsize(t.path(temporaries(t.directory)[0])) == size, "the session ended before the transfer")
    Test.client = Client()
    t.equal("state", find(t, job)["state"], DONE)
    t.complete(content(size))


@test("a job with work starts the service in the next session, whatever program that begins with")
def starts_service(t):
    job = make(t, t.url("/in-turn/file/hang-body/file"), "out.bin")
    t.client.resume()
    t.client.bytes(SIZE // 2, DEADLINE * 1000)
    t.client.process.kill()
    t.client.process.wait()
    end_session()
    before = len(t.requests())
    program = subprocess.Popen([WINE, "cmd", "/c", "set /p line="], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    t.check(wait_for(lambda: len(t.requests()) > before), "nothing is asked of the server")
    Test.client = Client()
    program.stdin.close()
    find(t, job)
    t.client.until(DONE)
    t.complete(content(SIZE))


def large_file(t):
    """Its name on nginx and its SHA-256."""
    path = os.path.join(t.web, "files/large.bin")
    if not os.path.exists(path):
        with open(path, "wb") as file:
            for _ in range(20):
                file.write(os.urandom(LARGE // 20))
    return "large.bin", sha256(path)


@test("a client starts a job of 200 MB and exits at once: it is transferred, and then the session ends by itself")
def large(t):
    name, digest = large_file(t)
    job = make(t, "http://127.0.0.1:%d/%s" % (t.ports[0], name), "out.bin")
    t.client.resume()
    t.client.process.kill()
    t.client.process.wait()
    subprocess.run(["wineserver", "-w"], timeout=10 * DEADLINE)
    t.equal("size when the session has ended", os.path.getsize(t.path(temporaries(t.directory)[0])), LARGE)
    Test.client = Client()
    t.equal("state", find(t, job)["state"], DONE)
    t.complete()
    t.equal("SHA-256", sha256(t.local), digest)


@test("a session killed in the middle of 200 MB: any program starts the next, in which the job goes on to its end")
def large_killed(t):
    name, digest = large_file(t)
    # from here the first request would take hours
    job = make(t, "http://127.0.0.1:%d/%s" % (t.ports[3], name), "out.bin")
    t.client.resume()
    t.client.bytes(120000000, 2 * DEADLINE * 1000)
    size = os.path.getsize(journal(job))
    t.check(wait_for(lambda: os.path.getsize(journal(job)) > size), "no byte is reported durable")
    t.client.process.kill()
    t.client.process.wait()
    end_session()
    had = os.path.getsize(t.path(temporaries(t.directory)[0]))
    t.check(LARGE // 2 <= had < LARGE, "the session was killed at %d bytes", had)
    program = subprocess.Popen([WINE, "cmd", "/c", "set /p line="], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    t.check(wait_for(lambda: os.path.getsize(t.path(temporaries(t.directory)[0])) == LARGE, 4 * DEADLINE),
            "the transfer does not go on")
    Test.client = Client()
    program.stdin.close()
    find(t, job)
    t.client.until(DONE)
    t.complete()
    t.equal("SHA-256", sha256(t.local), digest)


@test("the helper token's flags outlive the session, the token does not")
def helper(t):
    job = make(t, t.url("/file"), "out.bin")
    t.client.helper("restricted")
    t.equal("flags", t.client.flags(2).get("sid") is not None, True)
    new_session()
    find(t, job)
    t.client.resume()
    t.rests(ERROR, TOKEN_REQUIRED, 2)
    t.client.flags(0)
    t.client.resume()
    t.rests(DONE)
    t.complete(content(SIZE))


def command_job(t, url, name, code, who="self"):
    """A job whose client hears of nothing but runs a program, which ends with CODE each time; the file that has a line
    for each: "command", whether it was an administrator, and a time."""
    job = make(t, url, name)
    log = t.path(name + ".log")
    program = TEST_PROGRAM.replace("/", "\\")
    t.client.command(who, program, "%s target command %s %d" % (program, windows(log), code))
    return job, log


def runs(log):
    """What each run of the program said of its rights, the oldest first."""
    return [line.split()[1] for line in read(log).decode().splitlines()] if os.path.exists(log) else []


def wait_runs(t, log, wanted):
    wait_for(lambda: len(runs(log)) >= len(wanted))
    t.equal("runs, and their rights", runs(log), wanted)


def deliver(t, name):
    """A new job's command line, which is run after whatever the service had found to be told when it started."""
    job, log = command_job(t, t.url("/file"), name, 0)
    t.client.resume()
    wait_runs(t, log, ["1"])
    find(t, job)
    t.client.cancel()


def is_stored(job, line):
    """Whether the journal of the job says that."""
    dump = subprocess.run([os.path.join(BUILD, "native/winebits-jobdump"), journal(job)], stdout=subprocess.PIPE,
                          timeout=DEADLINE)
    return line in dump.stdout.decode("utf-8", "replace").splitlines()


@test("a command line may name a native program, for whose end nobody waits")
def native_command(t):
    program, log = t.path("program"), t.path("log")
    with open(program, "w") as file:
        file.write("#!/bin/sh\necho ran >> '%s'\n" % log)
    os.chmod(program, 0o755)
    job = make(t, t.url("/file"), "native")
    t.client.command("self", windows(program), "program")
    t.client.resume()
    t.check(wait_for(lambda: os.path.exists(log)), "it is not run")
    t.check(wait_for(lambda: is_stored(job, "    notified: yes")), "it does not count as told")
    t.client.cancel()


@test("a command line that refused its event is run again in the next session, as who had set it")
def command_again(t):
    for name, path, who, rights in (("done", "/file", "self", "1"), ("failed", "/status/404", "self", "1"),
                                    ("restricted", "/file", "restricted", "0")):
        job, log = command_job(t, t.url(path), name, 1, who)
        t.client.resume()
        wait_runs(t, log, [rights])
        new_session()
        wait_runs(t, log, [rights] * 2)
        find(t, job)
        t.client.cancel()


@test("a command line that took its event is not run again, neither by the next service nor in the next session")
def command_once(t):
    jobs = []
    for name, path in ("done", "/file"), ("failed", "/status/404"):
        job, log = command_job(t, t.url(path), name, 0)
        jobs.append((job, log))
        t.client.resume()
        wait_runs(t, log, ["1"])
        t.check(wait_for(lambda: is_stored(job, "    notified: yes")), "the delivery is not stored")
    wine("net", "stop", "BITS")
    # the first call finds out that the old service is gone
    t.check(wait_for(lambda: t.client.step("find", NOBODY).hr == NOT_FOUND), "the service does not start again")
    deliver(t, "service")
    new_session()
    deliver(t, "session")
    for job, log in jobs:
        t.equal("runs", runs(log), ["1"])
        find(t, job)
        t.client.cancel()


@test("a damaged journal costs its own job and is set aside")
def damaged(t):
    hurt = make(t, t.url("/file"), "hurt")
    whole = make(t, t.url("/file"), "whole")
    path = journal(hurt)
    t.client.process.kill()
    t.client.process.wait()
    end_session()
    with open(path, "r+b") as file:
        file.seek(40)
        file.write(b"\xff" * 8)
    Test.client = Client()
    t.equal("GetJob of the damaged job", t.client.step("find", hurt).hr, NOT_FOUND)
    t.check(any(name.startswith(os.path.basename(path) + ".bad-") for name in os.listdir(os.path.dirname(path))),
            "the journal was not set aside: %s", os.listdir(os.path.dirname(path)))
    find(t, whole)
    t.client.cancel()


MANY = 400      # the service reads so many with help; not the first ones
CLIENT = os.path.join(BUILD, "x86_64/tests/clients/winebits_client.exe")


def queue(*steps):
    """The steps of the client for queues, in a service of its own session; the complaints."""
    run = subprocess.run([WINE, CLIENT, "queue"], input="".join(step + "\n" for step in ("start", *steps)), text=True,
                         stdout=subprocess.PIPE, timeout=4 * DEADLINE, check=True)
    end_session()
    return [line for line in run.stdout.splitlines() if not re.fullmatch(r"[0-9.]+", line)]


def tree(directory):
    """Names and contents of what is there, but for the event log."""
    return {os.path.relpath(os.path.join(root, name), directory): read(os.path.join(root, name))
            for root, _, names in os.walk(directory) for name in names if name != "events.log"}


def spoil(torn, large, empty, foreign, hurt, gone):
    """Journals of each kind that the service has something to do about."""
    for path, size in (torn, 10), (large, 100000):
        with open(path, "ab") as file:
            file.write(struct.pack("<II", 200000, 0xffffffff - 200000) + bytes(size))
    with open(empty, "wb"):
        pass
    shutil.copyfile(torn, foreign)
    with open(hurt, "r+b") as file:
        file.seek(40)
        file.write(b"\xff" * 8)
    os.rename(gone, gone + ".new")


@test("many journals: whoever reads them, the service has the same queue and leaves the same files")
def many(t):
    Test.client.process.kill()
    Test.client.process.wait()
    end_session()
    before, agent = t.path("before"), get_value(KEY, "Agent")
    end_session()
    script, log = t.path("reader"), t.path("log")
    shutil.move(STORE, before)
    try:
        t.equal("complaints", queue("fill %d" % MANY), [])
        paths = sorted(find_journals(STORE))
        spoilt_ones = range(0, MANY - 6, 20)    # in all folders, as the first ones are read without help
        for i in spoilt_ones:
            spoil(*paths[i:i + 6])
        spoilt = t.path("spoilt")
        shutil.copytree(STORE, spoilt)
        results = {}
        for name, command in (("helped", 'exec %s "$@"' % agent), ("ended", "exit 0"),
                              ("broken off", "head -c 9 >/dev/null; printf '\\0\\0\\0\\0\\377' >&0"), ("missing", None)):
            shutil.rmtree(STORE)
            shutil.copytree(spoilt, STORE)
            if command:
                with open(script, "w") as file:
                    file.write("#!/bin/sh\necho \"$@\" >> %s\n%s\n" % (log, command))
                os.chmod(script, 0o755)
            set_value(KEY, "Agent", script if command else "/missing/agent")
            end_session()
            t.equal("complaints, " + name, queue("enum %d" % (MANY - 4 * len(spoilt_ones))), [])
            results[name] = tree(STORE)
        for name in results:
            t.check(results[name] == results["missing"], "%s: the files differ: %s", name,
                    sorted(set(results[name].items()) ^ set(results["missing"].items()))[:3])
        t.equal("starts of the reader", read(log), b"--journals\n" * 3)
    finally:
        set_value(KEY, "Agent", agent)
        end_session()
        shutil.rmtree(STORE)
        shutil.move(before, STORE)
        Test.client = Client()


def find_journals(directory):
    for root, _, names in os.walk(directory):
        for name in names:
            if name.endswith(".wbj"):
                yield os.path.join(root, name)


def journal(job):
    """The file that has a job."""
    for path in find_journals(STORE):
        if os.path.basename(path).lower() == job.lower() + ".wbj":
            return path
    raise AssertionError("job %s has no journal" % job)
