"""
The event log: what it says of jobs, what it does not, and that it is in nobody's way (spec: behaviour 13).

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
import struct
import threading

from case import ERROR, SIZE, TRANSIENT, Test, test
from double import content
from restart import journal, new_session
from rig import KEY, STORE, Client, Failure, delete_value, end_session, read, set_value, wait_for, windows, wine

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\d+) (info|warning|error) (-|{[0-9A-F-]{36}}) (-|S-1-[0-9-]+) (.+)")
LIMIT = 0x80000     # bytes of one file


def log(name="events.log"):
    return os.path.join(STORE, name)


def events(name="events.log"):
    """Id, level, job, owner and text of each line; none while the full log has its older name and the new one is not
    there yet."""
    found = []
    try:
        lines = read(log(name)).decode("utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return found
    for line in lines:
        match = LINE.fullmatch(line)
        if not match:
            raise Failure("not an event: %r" % line)
        found.append((int(match[1]), *match.groups()[1:]))
    return found


def ids(job, name="events.log"):
    return [event[0] for event in events(name) if event[2] == job]


def says(t, job, wanted):
    """Waits until the job has these events."""
    wait_for(lambda: ids(job)[:len(wanted)] == wanted)
    t.equal("events of the job", ids(job), wanted)


@test("the event log says what happened to a job, in order, with the ids of Windows")
def a_job(t):
    t.job(t.url("/file"))
    t.client.resume()
    t.rests("TRANSFERRED")
    t.complete(content(SIZE))
    says(t, t.id, [3, 59, 60, 4])
    created, started, ended, completed = (event for event in events() if event[2] == t.id)
    t.equal("creation", (created[1], created[4]), ("info", 'The job was created. name="%s"' % t.row))
    t.check(re.fullmatch("S-1-5-21-[0-9-]+", created[3]), "the owner is %s", created[3])
    for event in started, ended:
        t.check(event[4].endswith('url="http://127.0.0.1:%d/file?(set)" bytes=%d' % (t.origin.port, SIZE)),
                "a transfer's event: %s", event[4])
    t.equal("levels", {e[1] for e in (created, started, ended, completed)}, {"info"})

    t.job(t.url("/status/404"))
    t.client.resume()
    t.rests(ERROR, 0x80190194, 5)
    t.client.cancel()
    says(t, t.id, [3, 61, 5])
    failed = [event for event in events() if event[2] == t.id][1]
    t.equal("level", failed[1], "error")
    t.check("status=0x80190194 (Not Found (HTTP status 404): " in failed[4], "the error: %s", failed[4])

    t.job(t.url("/status/503"))
    t.client.resume()
    t.rests(TRANSIENT, 0x801901f7, 5)
    t.client.cancel()
    says(t, t.id, [3, 61, 5])
    failed = [event for event in events() if event[2] == t.id][1]
    t.equal("level", failed[1], "warning")
    t.check(" retry=600s status=0x801901F7 (" in failed[4], "the error: %s", failed[4])


@test("the event log keeps secrets, and no name of a job can make a line of its own")
def secrets(t):
    t.id = t.client.create("line\u00df 3 info")["id"]
    t.client.priority(0)
    t.client.headers("X-Token: t0pheader")
    t.client.credentials("server", "basic", "user", "t0ppassword")
    t.client.add(t.url("/file", token="t0pquery").replace("://", "://t0puser:t0pword@"), windows(t.local))
    t.client.resume()
    t.rests("TRANSFERRED")
    t.complete(content(SIZE))
    says(t, t.id, [3, 59, 60, 4])
    t.check(b"t0p" not in read(log()), "a secret is in the log")
    t.check("(set)@127.0.0.1" in read(log()).decode(), "the URL is not in the log")
    t.check("line\u00df 3 info" in read(log()).decode(), "the name is not in the log")


@test("the event log says that a job was cancelled because nothing happened to it")
def inactivity(t):
    t.id = t.client.create(t.row)["id"]
    set_value(KEY, "InactivityTimeout", "1", "REG_DWORD")
    try:
        says(t, t.id, [3, 5, 16389])
    finally:
        delete_value(KEY, "InactivityTimeout")


@test("a damaged journal, and one of a newer version, are in the event log")
def journals(t):
    hurt = t.client.create(t.row)["id"]
    newer = t.client.create(t.row)["id"]
    paths = journal(hurt), journal(newer)
    t.client.process.kill()
    t.client.process.wait()
    end_session()
    with open(paths[0], "r+b") as file:
        file.seek(40)
        file.write(b"\xff" * 8)
    with open(paths[1], "r+b") as file:
        header = file.read(32)
        file.seek(0)
        file.write(newer_version(header))
    Test.client = Client()
    t.client.create(t.row)
    wait_for(lambda: any(event[0] == 50001 for event in events()))
    t.check(any(e[0] == 16391 and os.path.basename(paths[0]) + ".bad-1" in e[4] for e in events()),
            "the damaged journal is not mentioned: %s", events()[-5:])
    t.equal("newer journals", [e[2] for e in events() if e[0] == 50001], [newer])
    t.check(wait_for(lambda: events()[-1][0] == 3) and any(e[0] == 50000 for e in events()), "the start is not mentioned")
    t.client.cancel()
    os.remove(paths[1])


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def newer_version(header):
    """The header of a journal with another major version (docs/store-format.md)."""
    header = header[:8] + b"\x02\x00" + header[10:28]
    return header + struct.pack("<I", crc32c(header))


@test("the event log is bounded: it becomes an older one, and the oldest goes")
def rotates(t):
    for turn in "first", "second", "third":
        with open(log(), "ab") as file:
            filler = b"2026-11-22T00:00:00.000Z 3 info - - %s\n" % turn.encode()
            file.write(filler * ((LIMIT - os.path.getsize(log())) // len(filler)))
        job = t.client.create(t.row)["id"]
        t.check(wait_for(lambda: ids(job)), "the new job is not in the log")
        t.check(os.path.getsize(log()) < LIMIT // 2, "the log was not rotated")
        t.client.cancel()
    t.check(b"third" in read(log("events.1.log"))[-LIMIT // 2:], "events.1.log is not the second youngest")
    t.check(b"second" in read(log("events.2.log"))[-LIMIT // 2:], "events.2.log is not the oldest")
    t.equal("logs", sorted(n for n in os.listdir(STORE) if n.startswith("events")),
            ["events.1.log", "events.2.log", "events.log"])
    t.check(all(os.path.getsize(log(n)) <= LIMIT for n in ("events.1.log", "events.2.log")), "a log is too long")


def lose_events(t):
    """Whether the log says so of what happens on a full disk; it may still be on its way when there is room again."""
    full = log("full")
    os.symlink("/dev/full", full)
    os.replace(full, log())     # in between the service would make a new one
    try:
        for _ in range(10):     # for longer than events wait for each other
            t.job(t.url("/file"))
            t.client.resume()
            t.rests("TRANSFERRED")
            t.complete(content(SIZE))
    finally:
        os.remove(log())    # reading it would never end
    job = t.client.create(t.row)["id"]
    t.check(wait_for(lambda: ids(job)), "nothing is written any more")
    t.client.cancel()
    return any(e[0] == 50004 and re.search("count=[1-9]", e[4]) for e in events())


@test("a full disk costs events, and no job; the log says later how many")
def full_disk(t):
    t.check(wait_for(lambda: lose_events(t)), "nothing is said of it: %s", events())


@test("events of jobs that several clients make at once are whole lines, each job's in order")
def at_once(t):
    jobs, problems = [], []

    def client():
        try:
            own = Client()
            for _ in range(25):
                jobs.append(own.create(t.row)["id"])
                own.cancel()
            own.close()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.equal("problems", problems, [])
    t.check(wait_for(lambda: sum(e[0] == 5 and e[2] in jobs for e in events()) == len(jobs)), "events are missing")
    wrong = {job: ids(job) for job in jobs if ids(job) != [3, 5]}
    t.equal("jobs with other events", wrong, {})
    t.equal("jobs", len(set(jobs)), 100)


@test("a killed session spoils no line of the event log")
def killed(t):
    t.client.create(t.row)
    new_session()
    job = t.client.create(t.row)["id"]
    t.check(wait_for(lambda: ids(job)), "the next session writes nothing")
    t.client.cancel()
