# bitsadmin as a script uses it: each command, its output, and its exit code.
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

import rig
import command
from command import (DONE, FAILED, GUID, TIMEOUT, USAGE, BANNER, Job, data, directory, end, jobs, like, raw, run, same, says,
                     start, test, together)

NO_JOB = "{01234567-89AB-CDEF-0123-456789ABCDEF}"
URL = "http://127.0.0.1:9/a"
POLICIES = "HKLM\\Software\\Policies\\Microsoft\\Windows\\BITS"


def usage(command):
    """The line that follows a complaint about an argument; the syntax is what /HELP says."""
    line = re.search(r"^/%s .*$" % re.escape(command), run("/HELP"), re.M)
    return "Usage: bitsadmin %s\n" % line[0]


# --- the command line -----------------------------------------------------------------------------------------------

@test
def help_names_every_command():
    text = run("/?")
    same(text, run("/HELP"))
    same(text[:38], "USAGE: BITSADMIN [/RAWRETURN] [/WRAP |")
    for name in ("CREATE ADDFILE ADDFILESET ADDFILEWITHRANGES REPLACEREMOTEPREFIX TRANSFER SUSPEND RESUME CANCEL COMPLETE "
                 "TAKEOWNERSHIP RESET LIST INFO MONITOR LISTFILES GETTYPE GETACLFLAGS GETBYTESTOTAL GETBYTESTRANSFERRED "
                 "GETFILESTOTAL GETFILESTRANSFERRED GETCREATIONTIME GETMODIFICATIONTIME GETCOMPLETIONTIME GETSTATE GETERROR "
                 "GETERRORCOUNT GETOWNER GETDISPLAYNAME GETDESCRIPTION GETPRIORITY GETNOTIFYFLAGS GETNOTIFYINTERFACE "
                 "GETNOTIFYCMDLINE GETMINRETRYDELAY GETNOPROGRESSTIMEOUT GETMAXDOWNLOADTIME GETPROXYUSAGE GETPROXYLIST "
                 "GETPROXYBYPASSLIST GETCUSTOMHEADERS GETHTTPMETHOD GETCLIENTCERTIFICATE GETSECURITYFLAGS GETPEERCACHINGFLAGS "
                 "GETHELPERTOKENSID GETHELPERTOKENFLAGS GETVALIDATIONSTATE GETTEMPORARYNAME GETPEERSTATS GETREPLYFILENAME "
                 "GETREPLYPROGRESS GETREPLYDATA SETDISPLAYNAME SETDESCRIPTION SETPRIORITY SETACLFLAGS SETNOTIFYFLAGS "
                 "SETNOTIFYCMDLINE SETMINRETRYDELAY SETNOPROGRESSTIMEOUT SETMAXDOWNLOADTIME SETPROXYSETTINGS SETCREDENTIALS "
                 "REMOVECREDENTIALS SETCUSTOMHEADERS MAKECUSTOMHEADERSWRITEONLY SETHTTPMETHOD SETCLIENTCERTIFICATEBYID "
                 "SETCLIENTCERTIFICATEBYNAME REMOVECLIENTCERTIFICATE SETSECURITYFLAGS SETVALIDATIONSTATE SETPEERCACHINGFLAGS "
                 "SETREPLYFILENAME SETHELPERTOKEN CLEARHELPERTOKEN SETHELPERTOKENFLAGS WAIT").split():
        if not re.search(r"^/%s " % name, text, re.M):
            raise rig.Failure("no /%s" % name)
    pages = {name: open(os.path.join(rig.TOP, name)).read() for name in ("docs/bitsadmin.md", "man/bitsadmin.1")}
    for name in re.findall(r"^(/\w+)", text, re.M):
        same([page for page, content in pages.items() if name not in content], [], "pages without " + name)
    for group in "UTIL", "CACHE", "PEERCACHING", "PEERS":
        own = run("/" + group, "/HELP")
        if not own.startswith("/%s /HELP" % group) or own not in text:
            raise rig.Failure("/%s /HELP: %r" % (group, own))


@test
def an_unknown_command_gets_the_usage():
    text = run("/HELP")
    says("Invalid command\n\n" + text, "/FROBNICATE", code=USAGE)
    says("Invalid command\n\n" + text, code=USAGE)
    says("Invalid command\n\n" + text, "LIST", code=USAGE)
    says("Invalid command\n\n" + text, "/UTIL", "/FROBNICATE", code=USAGE)
    same(jobs(), [])


@test
def arguments_are_counted():
    says("Too few arguments.\n" + usage("SETPRIORITY"), "/SETPRIORITY", "a", code=USAGE)
    says('Too many arguments: "b".\n' + usage("CREATE"), "/CREATE", "a", "b", code=USAGE)
    says('Too many arguments: "/VERBOSELY".\n' + usage("LIST"), "/LIST", "/VERBOSELY", code=USAGE)
    same(run("/JSON", "/CREATE", "a", code=USAGE), 'Invalid argument "/JSON": /CREATE has nothing to list.\n')
    same(jobs(), [])


@test
def commands_and_options_ignore_case():
    says("Listed 0 job(s).\n", "/wRaP", "/list", "/AllUsers")
    says("Listed 0 job(s).\n", "/nowrap", "/List")


@test
def output_for_programs_is_utf_8_with_crlf_and_complaints_are_apart():
    with Job("caf\u00e9") as job:
        result = end(start("/LIST"))
        same("'caf\u00e9' SUSPENDED 0 / 0 0 / 0\r\nListed 1 job(s).\r\n".encode() in result.raw, True, result.out)
        same(end(start("/RAWRETURN", "/GETDISPLAYNAME", job.id)).raw, "caf\u00e9".encode())
    result = end(start("/RAWRETURN", "/GETSTATE", "missing"))
    same((result.code, result.out, result.err), (FAILED, "", 'Unable to find job - no job has the name "missing".\n'))


# --- jobs -----------------------------------------------------------------------------------------------------------

@test
def a_job_is_made_and_ended():
    id = like("Created job (%s)\\.\n" % GUID, "/CREATE", "first job")[1]
    says("DOWNLOAD\n", "/GETTYPE", id)
    says("%s 'first job' SUSPENDED 0 / 0 0 / 0\nListed 1 job(s).\n" % id, "/LIST")
    like("Unable to resume job - 0x80200003\n.+\n", "/RESUME", id, code=FAILED)
    says("Added %s -> C:\\a to job.\n" % URL, "/ADDFILE", "First Job", URL, "C:\\a")
    says("%s 'first job' SUSPENDED 0 / 1 0 / UNKNOWN\n" % id, "/INFO", id)
    says("Job suspended.\n", "/SUSPEND", "first job")
    says("Job canceled.\n", "/CANCEL", "first job")
    says('Unable to find job - no job has the name "first job".\n', "/CANCEL", "first job", code=FAILED)
    like("Unable to get job - 0x80200001\n.+\n", "/CANCEL", id, code=FAILED)


@test
def types_are_given_to_create():
    with Job("d", "/DOWNLOAD") as job:
        same(raw("/GETTYPE", job.id), "DOWNLOAD")
    says('Invalid argument "/DOWNLOAD /UPLOAD /UPLOAD-REPLY": the type must be one of these options.\n' + usage("CREATE"),
         "/CREATE", "/DOWNLOAD", "/UPLOAD", "x", code=USAGE)
    same(jobs(), [])


@test
def names_that_several_jobs_have_are_reported():
    with Job("twin") as one, Job("Twin") as two, Job("other"):
        match = like('Unable to find job - 2 jobs have the name "twin", use the GUID of one:\n(%s)\n(%s)\n' % (GUID, GUID),
                     "/GETSTATE", "twin", code=FAILED)
        same({match[1], match[3]}, {one.id, two.id})
        same(raw("/GETSTATE", one.id), "SUSPENDED")
    with Job("{odd}") as job:
        same(raw("/GETDISPLAYNAME", "{odd}"), "{odd}")
        says('Invalid argument "%s": <job> must be in braces if it is a GUID.\n' % job.id[1:-1] + usage("GETSTATE"),
             "/GETSTATE", job.id[1:-1], code=USAGE)
    says('Invalid argument "{odd}": <job> must be the display name of a job, or a GUID in braces.\n' + usage("GETSTATE"),
         "/GETSTATE", "{odd}", code=USAGE)


@test
def reset_cancels_all_jobs():
    says("0 out of 0 jobs canceled.\n", "/RESET")
    with Job("a") as one, Job("b") as two:
        match = like("(%s) canceled\\.\n(%s) canceled\\.\n2 out of 2 jobs canceled\\.\n" % (GUID, GUID), "/RESET", "/ALLUSERS")
        same({match[1], match[3]}, {one.id, two.id})
    same(jobs(), [])


# --- files ----------------------------------------------------------------------------------------------------------

@test
def files_are_added():
    with Job("files") as job:
        says('Invalid argument "a.txt": <local_name> must be an absolute path, such as C:\\folder\\file.\n' + usage("ADDFILE"),
             "/ADDFILE", job.id, URL, "a.txt", code=USAGE)
        like("Unable to add file - 0x80070003\n.+\n", "/ADDFILE", job.id, URL, "C:\\missing\\a.txt", code=FAILED)
        says("", "/LISTFILES", job.id)
        says("Added %s -> C:\\a b to job.\n" % URL, "/ADDFILE", job.id, URL, "C:\\a b")
        says("Added %s -> C:\\r to job, 3 ranges.\n" % URL, "/ADDFILEWITHRANGES", job.id, URL, "C:\\r", "0:10,20:30,4294967296:eof")
        says('Invalid argument "0:10;": <ranges> must be a list of offset:length, where the length may be eof, separated by '
             'commas.\n' + usage("ADDFILEWITHRANGES"), "/ADDFILEWITHRANGES", job.id, URL, "C:\\s", "0:10;", code=USAGE)
        says("No file has that prefix.\n", "/REPLACEREMOTEPREFIX", job.id, "http://x", "http://y")
        says("Remote prefix replaced.\n", "/REPLACEREMOTEPREFIX", job.id, "http://127.0.0.1:9/", "http://localhost:9/new/")
        new = "http://localhost:9/new/a"
        says("0 / UNKNOWN WORKING %s -> C:\\a b\n0 / UNKNOWN WORKING %s -> C:\\r\n" % (new, new), "/LISTFILES", job.id)
        same(data("/LISTFILES", job.id)["files"][0],
             {"remoteName": new, "localName": "C:\\a b", "bytesTransferred": 0, "bytesTotal": None, "status": "WORKING"})
        says('Invalid argument "2": <file_index> must be a number from 0 to 1, as the job has 2 files.\n' + usage("GETPEERSTATS"),
             "/GETPEERSTATS", job.id, "2", code=USAGE)


@test
def a_list_of_files_is_added_whole_or_not_at_all():
    path, name = directory("list")
    with open(path + "/list.txt", "w", encoding="utf-8") as file:
        file.write("# comment\r\n%s C:\\list\\one\r\n\r\n  %s\tC:\\list\\t\u00e9 o.bin  \n" % (URL, URL))
    with open(path + "/wrong.txt", "w") as file:
        file.write("%s C:\\list\\one\n%s two\n" % (URL, URL))
    with open(path + "/wide.txt", "w", encoding="utf-16") as file:
        file.write("%s C:\\list\\wide\n" % URL)
    with Job("list") as job:
        says('Invalid line 2 of "%s\\wrong.txt": "two" must be an absolute path, such as C:\\folder\\file.\n' % name,
             "/ADDFILESET", job.id, name + "\\wrong.txt", code=USAGE)
        like("Unable to read the list of files - 0x80070002\n.+\n", "/ADDFILESET", job.id, name + "\\no", code=FAILED)
        same(raw("/GETFILESTOTAL", job.id), "0")
        says("Added 2 files to job.\n", "/ADDFILESET", job.id, name + "\\list.txt")
        says("Added 1 files to job.\n", "/ADDFILESET", job.id, name + "\\wide.txt")
        same([f["localName"] for f in data("/LISTFILES", job.id)["files"]],
             ["C:\\list\\one", "C:\\list\\t\u00e9 o.bin", "C:\\list\\wide"])


# --- properties -----------------------------------------------------------------------------------------------------

OWNER_SID = "S-1-5-21-0-0-0-1000"
TIME = r"\d+/\d+/\d+ \d+:\d\d:\d\d [AP]M"
GETTERS = {
    "TYPE": "DOWNLOAD", "STATE": "SUSPENDED", "BYTESTOTAL": "UNKNOWN", "BYTESTRANSFERRED": "0", "FILESTOTAL": "1",
    "FILESTRANSFERRED": "0", "COMPLETIONTIME": "UNKNOWN", "ERRORCOUNT": "0", "NOTIFYINTERFACE": "UNREGISTERED",
    "PROXYBYPASSLIST": "NULL",
}


@test
def getters_tell_the_defaults():
    with Job("props") as job:
        run("/ADDFILE", job.id, URL, "C:\\a")
        same(dict(zip(GETTERS, together(raw, [("/GET" + name, job.id) for name in GETTERS]))), GETTERS)
        says("SUSPENDED\n", "/GETSTATE", job.id)
        like(TIME + "\n", "/GETCREATIONTIME", job.id)
        like(TIME + "\n", "/GETMODIFICATIONTIME", job.id)
        like(r".+\\.+\n", "/GETOWNER", job.id)
        like("Unable to get error - 0x8020000f\n.+\n", "/GETERROR", job.id, code=FAILED)
        like("Unable to get client certificate - 0x800706f7\n.+\n", "/GETCLIENTCERTIFICATE", job.id, code=FAILED)
        like("Unable to get the temporary name - 0x80200004\n.+\n", "/GETTEMPORARYNAME", job.id, "0", code=FAILED)
        for name in "REPLYFILENAME", "REPLYPROGRESS", "REPLYDATA":
            like("Unable to get .* - 0x80004001\n.+\n", "/GET" + name, job.id, code=FAILED)
        same(raw("/GETPEERSTATS", job.id, "0"), "0 0")


@test
def json_has_stable_names():
    with Job("props") as job:
        run("/ADDFILE", job.id, URL, "C:\\a")
        same(data("/GETSTATE", job.id), {"state": "SUSPENDED"})
        same(data("/GETBYTESTOTAL", job.id), {"bytesTotal": None})
        same(data("/GETNOTIFYCMDLINE", job.id), {"notifyProgram": None, "notifyParameters": None})
        brief = data("/INFO", job.id)
        same(data("/LIST")["jobs"], [brief])
        same(sorted(brief), sorted(["id", "displayName", "type", "state", "priority", "owner", "filesTransferred", "filesTotal",
                                    "bytesTransferred", "bytesTotal", "creationTime", "modificationTime", "errorCount"]))
        same((brief["id"], brief["displayName"], brief["filesTotal"]), (job.id, "props", 1))
        if not re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", brief["creationTime"]):
            raise rig.Failure(brief["creationTime"])
        full = data("/INFO", job.id, "/VERBOSE")
        same({name: full[name] for name in brief}, brief)
        same((full["error"], full["ownerSid"], full["minRetryDelay"], full["ownerElevated"], full["customHeaders"]),
             (None, OWNER_SID, 600, True, None))
        same(full["files"], data("/LISTFILES", job.id)["files"])
        with open(os.path.join(rig.TOP, "docs/bitsadmin.md")) as file:
            documented = set(re.findall(r"`(\w+)`", file.read()))
        same(set(full) - documented, set(), "fields that are not documented")


@test
def the_verbose_listing_has_its_documented_form():
    with Job("props") as job:
        run("/ADDFILE", job.id, URL, "C:\\a")
        run("/SETDESCRIPTION", job.id, "a test")
        block = (r"GUID: %s DISPLAY: 'props'\n"
                 r"TYPE: DOWNLOAD STATE: SUSPENDED OWNER: \S+\\\S+\n"
                 r"PRIORITY: NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\n"
                 r"CREATION TIME: %s MODIFICATION TIME: %s\n"
                 r"COMPLETION TIME: UNKNOWN ACL FLAGS: \n"
                 r"NOTIFY INTERFACE: UNREGISTERED NOTIFICATION FLAGS: 3\n"
                 r"RETRY DELAY: 600 NO PROGRESS TIMEOUT: 1209600 ERROR COUNT: 0\n"
                 r"PROXY USAGE: PRECONFIG PROXY LIST: NULL PROXY BYPASS LIST: NULL\n"
                 r"DESCRIPTION: a test\n"
                 r"JOB FILES:\n"
                 r"\t0 / UNKNOWN WORKING %s -> C:\\a\n"
                 r"NOTIFICATION COMMAND LINE: none\n"
                 r"owner MIC integrity level: HIGH\n"
                 r"owner elevated \?           true\n"
                 r"\n"
                 r"Peercaching flags\n"
                 r"\t Enable download from peers      :false\n"
                 r"\t Enable serving to peers         :false\n"
                 r"\n"
                 r"CUSTOM HEADERS: NULL\n") % (re.escape(job.id), TIME, TIME, URL)
        like(block, "/INFO", job.id, "/VERBOSE")
        like(block + "\nListed 1 job\\(s\\)\\.\n", "/LIST", "/VERBOSE")


# command and arguments, what it says, and then the getter and its value
SETTERS = [
    (("SETDISPLAYNAME", "new name"), "Display name set to new name.", "DISPLAYNAME", "new name"),
    (("SETDESCRIPTION", "text"), "Description set to text.", "DESCRIPTION", "text"),
    (("SETPRIORITY", "foreground"), "Priority set to FOREGROUND.", "PRIORITY", "FOREGROUND"),
    (("SETACLFLAGS", "OD"), "ACL flags set to OD.", "ACLFLAGS", "OD"),
    (("SETNOTIFYFLAGS", "0x9"), "Notification flags set to 9.", "NOTIFYFLAGS", "9"),
    (("SETNOTIFYCMDLINE", "C:\\a.exe", "a.exe /x"), "Notification command line set to 'C:\\a.exe' 'a.exe /x'.",
     "NOTIFYCMDLINE", "'C:\\a.exe' 'a.exe /x'"),
    (("SETMINRETRYDELAY", "60"), "Minimum retry delay set to 60.", "MINRETRYDELAY", "60"),
    (("SETNOPROGRESSTIMEOUT", "3600"), "No progress timeout set to 3600.", "NOPROGRESSTIMEOUT", "3600"),
    (("SETMAXDOWNLOADTIME", "7200"), "Maximum download time set to 7200.", "MAXDOWNLOADTIME", "7200"),
    (("SETPROXYSETTINGS", "OVERRIDE", "p:8080", "NULL"), "Proxy usage set to OVERRIDE.", "PROXYLIST", "p:8080"),
    (("SETCUSTOMHEADERS", "A: 1", "B: 2"), "Custom headers set.", "CUSTOMHEADERS", "A: 1\nB: 2"),
    (("SETSECURITYFLAGS", "0x100"), "Security flags set to 0x100.", "SECURITYFLAGS", "256"),
    (("SETPEERCACHINGFLAGS", "3"), "Peer caching flags set to 3.", "PEERCACHINGFLAGS", "3"),
    (("SETHELPERTOKEN",), "Helper token set.", "HELPERTOKENSID", OWNER_SID),
    (("SETHELPERTOKENFLAGS", "3"), "Helper token flags set to 3.", "HELPERTOKENFLAGS", "3"),
]
# these undo some of them, or are in their way
MORE_SETTERS = [
    (("SETNOTIFYCMDLINE", "NULL", "NULL"), "Notification command line removed.", "NOTIFYCMDLINE", "none"),
    (("SETPROXYSETTINGS", "NO_PROXY"), "Proxy usage set to NO_PROXY.", "PROXYUSAGE", "NO_PROXY"),
    (("SETHTTPMETHOD", "POST"), "HTTP method set to POST.", "HTTPMETHOD", "POST"),
    (("CLEARHELPERTOKEN",), "Helper token cleared.", "HELPERTOKENSID", "NULL"),
]


@test
def setters_set_what_getters_get():
    with Job("setters") as job:
        for rows in SETTERS, MORE_SETTERS:
            same(together(run, [("/" + name, job.id, *args) for (name, *args), _, _, _ in rows]),
                 [said + "\n" for _, said, _, _ in rows])
            same(together(raw, [("/GET" + getter, job.id) for _, _, getter, _ in rows]), [value for _, _, _, value in rows])
        says("OK, target = SERVER, scheme = BASIC.\n", "/SETCREDENTIALS", job.id, "SERVER", "BASIC", "user", "secret")
        says("Credentials removed.\n", "/REMOVECREDENTIALS", job.id, "SERVER", "BASIC")
        says("There were no such credentials.\n", "/REMOVECREDENTIALS", job.id, "SERVER", "BASIC")
        says("Custom headers are write-only now.\n", "/MAKECUSTOMHEADERSWRITEONLY", job.id)
        like("Unable to get custom headers - 0x80070005\n.+\n", "/GETCUSTOMHEADERS", job.id, code=FAILED)
        like("Unable to set client certificate - 0x80[0-9a-f]{6}\n.+\n", "/SETCLIENTCERTIFICATEBYID", job.id, "1", "MY", "00" * 20,
             code=FAILED)
        like("Unable to set client certificate - 0x80[0-9a-f]{6}\n.+\n", "/SETCLIENTCERTIFICATEBYNAME", job.id, "2", "MY", "nobody",
             code=FAILED)
        run("/REMOVECLIENTCERTIFICATE", job.id)


WRONG = [
    (("SETPRIORITY", "URGENT"), "<priority>", "URGENT", "FOREGROUND, HIGH, NORMAL or LOW"),
    (("SETACLFLAGS", "OX"), "<flags>", "OX", "one or more of the letters O, G, D and S"),
    (("SETNOTIFYFLAGS", "many"), "<flags>", "many", "a number from 0 to 4294967295"),
    (("SETMINRETRYDELAY", "-1"), "<seconds>", "-1", "a number from 0 to 4294967295"),
    (("SETNOPROGRESSTIMEOUT", "4294967296"), "<seconds>", "4294967296", "a number from 0 to 4294967295"),
    (("SETPROXYSETTINGS", "MANUAL"), "<usage>", "MANUAL", "PRECONFIG, AUTODETECT, NO_PROXY or OVERRIDE"),
    (("SETPROXYSETTINGS", "OVERRIDE"), "OVERRIDE", "OVERRIDE", "followed by a proxy list and a bypass list"),
    (("SETCREDENTIALS", "ME", "BASIC", "u", "p"), "<target>", "ME", "SERVER or PROXY"),
    (("SETCREDENTIALS", "PROXY", "PLAIN", "u", "p"), "<scheme>", "PLAIN", "BASIC, DIGEST, NTLM, NEGOTIATE or PASSPORT"),
    (("SETCUSTOMHEADERS", "Name"), "<header>", "Name", "Name:Value"),
    (("SETCLIENTCERTIFICATEBYID", "0", "MY", "00" * 20), "<location>", "0", "a number from 1 to 8"),
    (("SETCLIENTCERTIFICATEBYID", "1", "MY", "00"), "<hash>", "00", "40 hexadecimal digits"),
    (("SETHELPERTOKENFLAGS", "4"), "<flags>", "4", "a number from 0 to 3"),
    (("SETVALIDATIONSTATE", "0", "maybe"), "<state>", "maybe", "TRUE or FALSE"),
    (("SETREPLYFILENAME", "reply"), "<path>", "reply", "an absolute path, such as C:\\folder\\file"),
]


@test
def wrong_arguments_are_named_and_change_nothing():
    with Job("wrong") as job:
        before = data("/INFO", job.id, "/VERBOSE")
        texts = together(lambda name, *args: run("/" + name, job.id, *args, code=USAGE), [args for args, _, _, _ in WRONG])
        for text, (args, argument, value, expected) in zip(texts, WRONG):
            first, second = text.splitlines()
            same(first, 'Invalid argument "%s": %s must be %s.' % (value, argument, expected), args[0])
            same(second.split(" <")[0], "Usage: bitsadmin /" + args[0])
        same(data("/INFO", job.id, "/VERBOSE"), before)


@test
def a_password_for_a_helper_token_is_refused():
    with Job("helper") as job:
        like("Unable to set helper token - a user and a password are not accepted: .*LogonUser.*\n", "/SETHELPERTOKEN", job.id,
             "user@domain", "secret", code=FAILED)
        same(raw("/GETHELPERTOKENSID", job.id), "NULL")


@test
def both_bitnesses_see_the_same_jobs():
    with Job("both") as job:
        programs = [os.path.join(rig.DRIVE, "windows", d, "bitsadmin.exe") for d in ("system32", "syswow64")]
        has_32_bit = os.path.exists(os.path.join(rig.DRIVE, "windows/syswow64/kernel32.dll"))
        for program in programs if has_32_bit else programs[:1]:
            same(rig.wine(program, "/RAWRETURN", "/GETDISPLAYNAME", job.id), "both", program)


# --- groups, waiting ------------------------------------------------------------------------------------------------

DISABLED = "0x80200047\nPeer caching is turned off.\n"


@test
def the_peer_cache_is_empty_and_says_so():
    says("Listed 0 records.\n", "/CACHE", "/LIST")
    says("Listed 0 records.\n", "/CACHE", "/LIST", "/VERBOSE")
    same(data("/CACHE", "/LIST"), {"records": []})
    says("Cache cleared.\n", "/CACHE", "/CLEAR")
    says("The cache has no record of the URL.\n", "/CACHE", "/DELETEURL", URL)
    says("Unable to get record - " + DISABLED, "/CACHE", "/INFO", NO_JOB, code=FAILED)
    says("Unable to delete record - " + DISABLED, "/CACHE", "/DELETE", NO_JOB, code=FAILED)
    says('Invalid argument "x": <id> must be a GUID in braces.\n' + usage("CACHE /DELETE"), "/CACHE", "/DELETE", "x", code=USAGE)
    says("Listed 0 peers.\n", "/PEERS", "/LIST")
    same(data("/PEERS", "/LIST"), {"peers": []})
    says("List of peers cleared.\n", "/PEERS", "/CLEAR")
    says("Unable to discover peers - " + DISABLED, "/PEERS", "/DISCOVER", code=FAILED)


# group, setting, its name in JSON and in the text, the initial value, another one, and the policy that overrides that
PEER_SETTINGS = (
    ("/CACHE", "LIMIT", "cacheLimit", "Cache limit", 1, 5, "MaxCacheSize", 30, 30),
    ("/CACHE", "EXPIRATIONTIME", "expirationTime", "Expiration time", 7776000, 86400, "MaxContentAge", 2, 2 * 86400),
    ("/PEERCACHING", "CONFIGURATIONFLAGS", "configurationFlags", "Configuration flags", 0, 3, "DisablePeerCachingServer", 1, 1),
)


@test
def the_peer_cache_has_settings():
    for group, setting, field, text, initial, other, policy, ruled, value in PEER_SETTINGS:
        get, change = (group, "/GET" + setting), (group, "/SET" + setting)
        same((raw(*get), data(*get)), (str(initial), {field: initial}), setting)
        says("%s set to %d.\n" % (text, other), *change, str(other))
        says("%d\n" % other, *get)
        rig.set_value(POLICIES, policy, str(ruled), "REG_DWORD")
        same(bool(rig.wait_for(lambda: raw(*get) == str(value))), True, "obeys the policy " + policy)
        says("%s set to %d, but a policy overrides it.\n" % (text, other), *change, str(other))
        rig.delete_value(POLICIES, policy)
        same(bool(rig.wait_for(lambda: raw(*get) == str(other))), True, "remembers what it was set to")
        says("%s set to %d.\n" % (text, initial), *change, str(initial))


@test
def the_peer_cache_refuses_what_makes_no_sense():
    for value in "101", "x", "":
        says('Invalid argument "%s": <percent> must be a number from 0 to 100.\n' % value + usage("CACHE /SETLIMIT"),
             "/CACHE", "/SETLIMIT", value, code=USAGE)
    like("Unable to set cache limit - 0x80070057\n.+\n", "/CACHE", "/SETLIMIT", "0", code=FAILED)
    like("Unable to set expiration time - 0x80070057\n.+\n", "/CACHE", "/SETEXPIRATIONTIME", "86399", code=FAILED)
    like("Unable to set configuration flags - 0x80070057\n.+\n", "/PEERCACHING", "/SETCONFIGURATIONFLAGS", "8", code=FAILED)
    for group, setting, _, _, initial, *_ in PEER_SETTINGS:
        same(raw(group, "/GET" + setting), str(initial), setting)


@test
def utilities():
    like(r"\d+\.\d\n", "/UTIL", "/VERSION")
    match = like(r"(C:\\windows\\system32\\\S+ .*\n)+The service starts\.\n\d+\.\d\n", "/UTIL", "/VERSION", "/VERBOSE")[0]
    for name in "qmgr.dll", "winebitsps.dll", "bitsadmin.exe":
        same(name in match, True, name)
    like("Unable to get proxy settings - 0x80070032\n.+\n", "/UTIL", "/GETIEPROXY", "localsystem", code=FAILED)
    says('Invalid argument "me": <account> must be LOCALSYSTEM, NETWORKSERVICE or LOCALSERVICE.\n' + usage("UTIL /GETIEPROXY"),
         "/UTIL", "/GETIEPROXY", "me", code=USAGE)
    like("Unable to enable analytic channel - 0x80[0-9a-f]{6}\n.+\n", "/UTIL", "/ENABLEANALYTICCHANNEL", "TRUE", code=FAILED)


@test
def repair_brings_the_service_back():
    key = "HKLM\\System\\CurrentControlSet\\Services\\BITS"
    rig.set_value(key, "Start", "4", "REG_DWORD")
    # the service manager reads it when a session begins
    rig.end_session()
    command.begin_session()
    like("Unable to connect to BITS - 0x80[0-9a-f]{6}\n.*", "/LIST", code=FAILED)
    says("The service is configured, and it starts.\n", "/UTIL", "/REPAIRSERVICE")
    says("Listed 0 job(s).\n", "/LIST")
    says("The service is configured, and it starts.\n", "/UTIL", "/REPAIRSERVICE", "/FORCE")
    says("Listed 0 job(s).\n", "/LIST")


@test
def wait_ends_after_its_time():
    with Job("wait") as job:
        says("The job is SUSPENDED after 1 seconds.\n", "/WAIT", job.id, "1", code=TIMEOUT)
        says('Invalid argument "soon": <seconds> must be a number from 0 to 4294966.\n' + usage("WAIT"),
             "/WAIT", job.id, "soon", code=USAGE)


@test
def monitor_begins_with_its_header():
    process = start("/MONITOR", "/REFRESH", "1")
    try:
        report = ["MONITORING BACKGROUND COPY MANAGER(1 second refresh)\n", "Listed 0 job(s).\n"]
        lines = [process.stdout.readline().decode().replace("\r", "") for _ in range(len(BANNER.splitlines()) + 4)]
        same("".join(lines), BANNER + "".join(report * 2))
    finally:
        process.kill()
        process.wait()
    says('Invalid argument "0": <seconds> must be more than 0.\n' + usage("MONITOR"), "/MONITOR", "/REFRESH", "0", code=USAGE)
