# /TRANSFER and /WAIT as a script uses them.
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

import hashlib
import os
import re
import select

import command
import double
import rig
from command import (DONE, FAILED, GUID, HASH, JOB_FAILED, USAGE, Job, data, directory, end, jobs, like, raw, run, same, says,
                     start, test)

SIZE = 100000       # of a file of the server, unless its URL says otherwise


def url(path, row, **query):
    return command.origin.url(path, row, **query)


@double.behaviour("busy-once")
def busy_once(r):
    """503 at first, then a file"""
    if r.server.count(["turn", r.query["row"]]) > 1:
        return double.file(r)
    r.page(503)


def await_text(process, pattern):
    """Reads the output of a command that was started with bufsize=0 until it ends like that."""
    out = b""
    while not re.search(pattern + r"\r?\n$", out.decode("utf-8", "replace"), re.S):
        ready = select.select([process.stdout], [], [], rig.DEADLINE)[0]
        piece = process.stdout.read(4096) if ready else b""
        if not piece:
            raise rig.Failure("no %r: %r" % (pattern, out))
        out += piece


def nothing_left(path):
    same((jobs(), os.listdir(path)), ([], []), "jobs and files that are left")


@test
def transfer_fetches_a_file():
    path, name = directory("fetch")
    says("Transfer complete.\n", "/TRANSFER", "fetch", "/DOWNLOAD", "/PRIORITY", "foreground", url("/file", "fetch"), name + "\\a")
    same(rig.read(path + "/a"), double.content(SIZE))
    same(jobs(), [])


@test
def transfer_fetches_several_files():
    path, name = directory("several")
    says("Transfer complete.\n", "/TRANSFER", "several", "/ACLFLAGS", "OG", url("/file/1", "s"), name + "\\a", url("/file/2", "s", size=5),
         name + "\\b")
    same([os.path.getsize(path + "/" + f) for f in sorted(os.listdir(path))], [SIZE, 5])


@test
def a_job_goes_through_its_life_step_by_step():
    path, name = directory("steps")
    with Job("steps") as job:
        run("/ADDFILE", job.id, url("/file", "steps"), name + "\\a")
        says("Job resumed.\n", "/RESUME", "steps")
        says("The job is TRANSFERRED.\n", "/WAIT", "steps", "60")
        same(raw("/GETSTATE", "steps"), "TRANSFERRED")
        like(r"C:\\steps\\BIT\w+\.tmp", "/RAWRETURN", "/GETTEMPORARYNAME", "steps", "0")
        same(raw("/GETPEERSTATS", "steps", "0"), "%d 0" % SIZE)
        says("Validation state set to TRUE.\n", "/SETVALIDATIONSTATE", "steps", "0", "true")
        same(raw("/GETVALIDATIONSTATE", "steps", "0"), "true")
        says("%s 'steps' TRANSFERRED 1 / 1 %d / %d\n" % (job.id, SIZE, SIZE), "/INFO", "steps")
        same(data("/GETCOMPLETIONTIME", "steps")["completionTime"][:2], "20")
        same(os.path.exists(path + "/a"), False)
        says("Job completed.\n", "/COMPLETE", "steps")
    same(rig.read(path + "/a"), double.content(SIZE))


@test
def a_part_of_the_files_can_be_completed():
    path, name = directory("part")
    with Job("part") as job:
        run("/ADDFILE", job.id, url("/file", "part"), name + "\\a")
        run("/ADDFILE", job.id, url("/status/404", "part"), name + "\\b")
        run("/RESUME", job.id)
        like(r"ERROR FILE:    http.* -> C:\\part\\b\n.*The job is ERROR\.\n", "/WAIT", job.id, "60", code=JOB_FAILED)
        says("Job completed, but not all files were transferred.\n", "/COMPLETE", job.id)
    same(os.listdir(path), ["a"])


@test
def a_fatal_error_ends_a_transfer():
    path, name = directory("fatal")
    like(r"ERROR FILE:    http://\S+ -> C:\\fatal\\a\n"
         r"ERROR CODE:    0x80190194 - .+\n"
         r"ERROR CONTEXT: 0x00000005 - .+\n"
         r"Transfer failed\. Canceled job %s\.\n" % GUID,
         "/TRANSFER", "fatal", url("/status/404", "fatal"), name + "\\a", code=JOB_FAILED)
    nothing_left(path)


@test
def getters_tell_an_error():
    path, name = directory("error")
    with Job("error") as job:
        run("/ADDFILE", job.id, url("/status/404", "error"), name + "\\a")
        run("/RESUME", job.id)
        run("/WAIT", job.id, "60", code=JOB_FAILED)
        lines = like(r"ERROR FILE:    (\S+) -> C:\\error\\a\nERROR CODE:    0x80190194 - (.+)\n"
                     r"ERROR CONTEXT: 0x00000005 - (.+)\n", "/GETERROR", job.id)
        message = lines[2].replace("\n", "\r\n")    # as the service gives it
        same(data("/GETERROR", job.id), {"remoteName": lines[1], "localName": "C:\\error\\a", "code": "0x80190194",
                                         "message": message, "context": "0x00000005", "contextMessage": lines[3]})
        same(data("/INFO", job.id, "/VERBOSE")["error"], data("/GETERROR", job.id))
        same(lines[0].rstrip("\n") in run("/INFO", job.id, "/VERBOSE"), True, "the listing has the lines of the error")


@test
def a_transfer_waits_through_transient_errors():
    path, name = directory("transient")
    process = start("/TRANSFER", "transient", url("/busy-once", "transient"), name + "\\a", bufsize=0)
    await_text(process, r"Transient error 0x801901f7 - .+ Waiting 600 seconds before the next try\.")
    # the retry delay is ten minutes, unless somebody resumes the job
    run("/RESUME", "transient")
    result = end(process)
    same((result.code, result.out), (DONE, "Transfer complete.\n"))
    same(rig.read(path + "/a"), double.content(SIZE))


@test
def a_transfer_goes_on_with_the_next_service():
    path, name = directory("restart")
    process = start("/TRANSFER", "restart", url("/busy-once", "restart"), name + "\\a")
    same(bool(rig.wait_for(lambda: [j for j in jobs() if j["state"] == "TRANSIENT_ERROR"])), True, "a job that waits")
    rig.wine("net", "stop", "BITS")
    # this starts another one
    run("/RESUME", "restart")
    result = end(process)
    same((result.code, result.out.endswith("\nTransfer complete.\n")), (DONE, True), result.out)
    same(rig.read(path + "/a"), double.content(SIZE))


@test
def a_transfer_that_somebody_else_cancels_has_failed():
    path, name = directory("other")
    process = start("/TRANSFER", "other", url("/hang", "other"), name + "\\a")
    same(bool(rig.wait_for(jobs)), True, "a job")
    run("/CANCEL", "other")
    result = end(process)
    same((result.code, re.search(r"Transfer failed\. Job %s was canceled by somebody else\.\n$" % GUID, result.out) is not None),
         (JOB_FAILED, True), result.out)
    nothing_left(path)


@test
def wrong_arguments_make_no_job():
    path, name = directory("wrong")
    local, there = name + "\\a", url("/file", "wrong")
    for args, text in (
            (("/PRIORITY", "URGENT", there, local), '"URGENT": <priority> must be FOREGROUND, HIGH, NORMAL or LOW.'),
            (("/ACLFLAGS", "X", there, local), '"X": <flags> must be one or more of the letters O, G, D and S.'),
            ((there, "a"), '"a": <local_name> must be an absolute path, such as C:\\folder\\file.'),
            ((there, "C:a"), '"C:a": <local_name> must be an absolute path, such as C:\\folder\\file.'),
            ((there, local, there), '"%s": <remote_url> must be followed by a local name.' % there),
            ((), '"wrong": <name> must be followed by a remote URL and a local name.'),
            (("/SHA256", "12", there, local), '"12": <hash> must be 64 hexadecimal digits.'),
            (("/SHA256", "00" * 32, there, local, there, local + "b"), '"/SHA256": an option must be used with a download of one file.'),
            (("/FAST", there, local), '"/FAST": an option must be /DOWNLOAD, /UPLOAD, /PRIORITY <priority>, '
                                      '/ACLFLAGS <flags>, /DYNAMIC or /SHA256 <hash>.')):
        same(run("/TRANSFER", "wrong", *args, code=USAGE).split("\n")[0], "Invalid argument " + text)
    like("Unable to add file - 0x80070003\n.+\n", "/TRANSFER", "wrong", there, "C:\\missing\\a", code=FAILED)
    nothing_left(path)


@test
def a_hash_is_checked_before_the_file_gets_its_name():
    path, name = directory("hash")
    right = hashlib.sha256(double.content(SIZE)).hexdigest()
    like(r"The file has another SHA-256 hash than the one given\. Canceled job %s\.\n" % GUID,
         "/TRANSFER", "hash", "/SHA256", right.replace(right[0], "f" if right[0] != "f" else "e"), url("/file", "hash"), name + "\\a",
         code=HASH)
    nothing_left(path)
    with open(path + "/a", "w") as file:
        file.write("old")
    run("/TRANSFER", "hash", "/SHA256", "00" * 32, url("/file", "hash"), name + "\\a", code=HASH)
    same(rig.read(path + "/a"), b"old")
    says("Transfer complete.\n", "/TRANSFER", "hash", url("/file", "hash"), name + "\\a", "/SHA256", right.upper())
    same(rig.sha256(path + "/a"), right)
