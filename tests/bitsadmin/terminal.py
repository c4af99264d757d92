# bitsadmin as a person uses it, in a terminal: tmux is the terminal and the person.
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

import os
import re
import subprocess

import command
import rig
from command import GUID, STOPPED, Job, directory, jobs, run, same, test

SOCKET = os.path.join(rig.BASE, "tmux")
WIDTH, HEIGHT = 100, 30


def tmux(*args):
    return subprocess.run(["tmux", "-S", SOCKET, "-f", "/dev/null", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=rig.DEADLINE).stdout


def end():
    if os.path.exists(SOCKET):
        tmux("kill-server")


class Terminal:
    """bitsadmin in a terminal of its own; the window stays when it has ended, and then shows its exit code."""

    def __init__(self, *args):
        try:
            for descriptor in os.openpty():
                os.close(descriptor)
        except OSError as error:
            raise rig.Skip("no terminals here: %s" % error)
        line = " ".join("'%s'" % a for a in (rig.WINE, "bitsadmin", *args))
        complaint = tmux("new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT), "%s; echo exit code $?; exec cat" % line)
        if complaint:
            raise rig.Failure("tmux: " + complaint.strip())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        tmux("kill-session")

    @staticmethod
    def screen():
        return tmux("capture-pane", "-p")

    def shows(self, pattern):
        """Waits until the screen holds the pattern; the match."""
        match = rig.wait_for(lambda: re.search(pattern, self.screen(), re.M))
        if not match:
            raise rig.Failure("the screen never shows %r:\n%s" % (pattern, self.screen()))
        return match

    @staticmethod
    def press(key):
        tmux("send-keys", key)


LIVE = r"^'%s' TRANSFERRING 0 / 1 files, [\d.]+ [KM]?B / 95\.4 MB \((\d+)%%\)"


@test
def a_person_sees_the_progress_in_one_line():
    path, name = directory("live")
    url = command.origin.url("/slow", "live", size=100000000, rate=4000000)
    with Terminal("/TRANSFER", "live", url, name + "\\a") as terminal:
        early = terminal.shows(LIVE % "live" + r", [\d.]+ [KM]?B/s, \d+:\d\d left$")
        same(terminal.screen().count("TRANSFERRING"), 1, "lines with progress")
        # it moves, in the same line
        line = [bool(re.match(LIVE % "live", text)) for text in terminal.screen().split("\n")].index(True)
        later = rig.wait_for(lambda: [m for m in [re.match(LIVE % "live", terminal.screen().split("\n")[line])]
                                      if m and int(m[1]) > int(early[1])])
        same(bool(later), True, "more percent in the same line")
        terminal.press("C-c")
        terminal.shows(r"^Transfer stopped\. Canceled job %s\.$" % GUID)
        terminal.shows(r"^exit code %d$" % STOPPED)
        same("TRANSFERRING" in terminal.screen(), False, "the live line is still there")
    same((jobs(), os.listdir(path)), ([], []))


@test
def the_live_line_makes_room_for_the_end():
    path, name = directory("done")
    with Terminal("/TRANSFER", "done", command.origin.url("/slow", "done", size=2000, rate=1000), name + "\\a") as terminal:
        terminal.shows(r"^'done' [A-Z]+ 0 / 1 files, ")
        terminal.shows(r"^Transfer complete\.$")
        terminal.shows(r"^exit code 0$")
        same("'done'" in terminal.screen(), False, "the live line is still there")
    same(os.path.getsize(path + "/a"), 2000)


@test
def ctrl_c_ends_a_wait_and_leaves_the_job():
    with Job("patient") as job:
        with Terminal("/WAIT", "patient") as terminal:
            terminal.shows(r"^'patient' SUSPENDED 0 / 0 files, 0 B")
            terminal.press("C-c")
            terminal.shows(r"^Stopped waiting\. The job is SUSPENDED\.$")
            terminal.shows(r"^exit code %d$" % STOPPED)
        same([j["id"] for j in jobs()], [job.id])


@test
def a_transient_error_is_told_above_the_live_line():
    path, name = directory("above")
    with Terminal("/TRANSFER", "above", command.origin.url("/status/503", "above"), name + "\\a") as terminal:
        terminal.shows(r"^Transient error 0x801901f7 - (.|\n)*Waiting 600(.|\n)*^'above' TRANSIENT_ERROR 0 / 1 files, 0 B")
        terminal.press("C-c")
        terminal.shows(r"^exit code %d$" % STOPPED)
    same(jobs(), [])


@test
def monitor_redraws_in_place_until_ctrl_c():
    with Job("watched") as job, Terminal("/MONITOR", "/REFRESH", "1") as terminal:
        terminal.shows(r"^MONITORING BACKGROUND COPY MANAGER\(1 second refresh\)$")
        terminal.shows(r"^%s 'watched' SUSPENDED 0 / 0 0 / 0$" % re.escape(job.id))
        run("/SETDISPLAYNAME", job.id, "renamed")
        terminal.shows(r"^%s 'renamed' SUSPENDED 0 / 0 0 / 0$" % re.escape(job.id))
        run("/SETDISPLAYNAME", job.id, "x" * 200)
        # a line that is too long is cut and does not go on in the next one
        terminal.shows(r"^%s 'x{30,}\nListed 1 job" % re.escape(job.id))
        same((terminal.screen().count("MONITORING"), terminal.screen().count(job.id)), (1, 1), terminal.screen())
        terminal.press("C-c")
        terminal.shows(r"^exit code 0$")
