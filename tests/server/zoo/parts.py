"""
Several ranges with one request: from servers that send them, and from those that send something else.

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
from keeper import *  # noqa: F403

# spec: behaviour 4.9: an order of their own, two that touch, one to the end
RANGES = "100:100,1000:100,200:100,99000:eof"
SINGLE = "GET 100-199", "GET 1000-1099", "GET 200-299", "GET 99000-99999"
ASKED = "HEAD, GET 100-199,1000-1099,200-299,99000-99999"


def parts(name, state=DONE, then=(), code=None, asked=ASKED, **more):
    """The requests of a job for RANGES are those ASKED, and THEN these."""
    more.setdefault("ranges", RANGES)
    return creature("parts-" + name, state, ", ".join([asked, *then]), code, **more)


def only(function):
    """Whatever is not for several ranges gets the file."""
    def answer(r):
        if r.command == "GET" and r.ranges():
            return function(r)
        double.file(r)
    return answer


parts("file", path="/parts")
parts("nginx", path="/file.bin", server="nginx", exact=False)
parts("apache", path="/file.bin", server="apache", exact=False)
parts("squid", path="/parts", setup=lambda client: client.proxy("127.0.0.1:%d" % Test.squid.port), exact=False)
parts("background", path="/parts", setup=lambda client: client.priority(2))

# sixteen at most in one request, and the rest in the next
MANY = [(n * 100, 50) for n in range(40)]
for server in "nginx", "apache", "origin":
    parts("many-" + server, path="/parts" if server == "origin" else "/file.bin", server=server, exact=server == "origin",
          ranges=",".join("%d:%d" % pair for pair in MANY),
          asked="HEAD, GET " + ", GET ".join(",".join("%d-%d" % (first, first + length - 1) for first, length in MANY[n:n + 16])
                                             for n in range(0, 40, 16)))

# large ones go alone
parts("large", path="/parts", size=3000000, ranges="0:10,100:2000000,20:10,40:10", asked="HEAD, GET 0-9",
      then=["GET 100-2000099", "GET 20-29,40-49"])

# spec: behaviour 4.4, step 6: what is not just these parts leads to one range at a time
for status in 200, 400, 416:
    parts("refused-%d" % status, then=SINGLE, path="/in-turn/file/%s/file" % ("no-range" if status == 200 else "status-%d" % status))
parts("whole-file-only", ERROR, SINGLE[:1], INSUFFICIENT_RANGE_SUPPORT, path="/no-range")
parts("404", ERROR, (), http(404), path="/in-turn/file/status-404/file")
parts("503", TRANSIENT, (), http(503), path="/in-turn/file/status-503/file")


@parts("first-only", then=SINGLE)
@only
def first_only(r):
    """206 with the first range"""
    first, last = r.ranges()[0]
    r.head(206, *r.validators(), ("Content-Range", "bytes %d-%d/%d" % (first, last, r.size)), length=last - first + 1)
    r.content(last - first + 1, first)


@parts("sorted", then=SINGLE[1:])
@only
def sorts(r):
    """the parts sorted: the first is right, the second is not"""
    r.multipart([r.part(*one) for one in sorted(r.ranges())])


@parts("merged", then=SINGLE)
@only
def merges(r):
    """two that touch are one part"""
    r.multipart([r.part(100, 299), r.part(1000, 1099), r.part(99000, 99999)])


@parts("fewer", then=SINGLE[2:])
@only
def fewer(r):
    """the first two of the parts, and a proper end"""
    r.multipart([r.part(*one) for one in r.ranges()[:2]])


@parts("more")
@only
def more(r):
    """the last part comes twice: all were there before"""
    r.multipart([r.part(*one) for one in r.ranges() + r.ranges()[-1:]])


@parts("repeated", then=SINGLE[1:])
@only
def repeated(r):
    """the first part comes twice"""
    r.multipart([r.part(*one) for one in r.ranges()[:1] + r.ranges()])


@parts("unplaced", then=SINGLE[1:])
@only
def unplaced(r):
    """the second part does not say where it belongs"""
    several = [r.part(*one) for one in r.ranges()]
    several[1] = b"--double\r\nContent-Type: text/plain\r\n\r\n" + double.content(100, 1000)
    r.multipart(several)


@parts("placed-twice", then=SINGLE)
@only
def placed_twice(r):
    """two Content-Range in each part"""
    r.multipart([r.part(*one, "Content-Range: bytes 0-99/%d" % r.size) for one in r.ranges()])


@parts("another-total", then=SINGLE)
@only
def another_total(r):
    """parts of a longer file"""
    r.multipart([r.part(*one, total=r.size + 1) for one in r.ranges()])


@parts("compressed", then=SINGLE)
@only
def compressed(r):
    """parts of another representation"""
    r.multipart([r.part(*one, "Content-Encoding: gzip") for one in r.ranges()])


@parts("short", then=SINGLE[1:])
@only
def short(r):
    """the second part has ten bytes less than it says"""
    several = [r.part(*one) for one in r.ranges()]
    several[1] = several[1][:-10]
    r.multipart(several)


@parts("long", then=SINGLE[1:])
@only
def long(r):
    """the second part has a byte more than it says"""
    several = [r.part(*one) for one in r.ranges()]
    several[1] += b"x"
    r.multipart(several)


@parts("unclosed", then=SINGLE[3:])
@only
def unclosed(r):
    """no delimiter behind the last part"""
    r.multipart([r.part(*one) for one in r.ranges()], end="")


@parts("other-boundary", then=SINGLE)
@only
def other_boundary(r):
    """another boundary than the header says"""
    r.multipart([r.part(*one).replace(b"--double", b"--triple") for one in r.ranges()], end="\r\n--triple--")


@parts("no-boundary", then=SINGLE)
@only
def no_boundary(r):
    """multipart/byteranges without a boundary"""
    data = b"\r\n".join([r.part(*one) for one in r.ranges()] + [b"--double--\r\n"])
    r.head(206, *r.validators(), ("Content-Type", "multipart/byteranges"), length=len(data))
    r.body(data)


@parts("quoted-chunked")
@only
def quoted_chunked(r):
    """a boundary in quotation marks, and chunks that cut the body anywhere"""
    data = b"\r\n" + b"\r\n".join([r.part(*one) for one in r.ranges()] + [b"--double--\r\n"])
    r.head(206, *r.validators(), ("Content-Type", 'Multipart/Byteranges; charset="x"; boundary="double"'),
           ("Transfer-Encoding", "chunked"))
    for start in range(0, len(data), 17):
        r.body(b"%x\r\n%s\r\n" % (len(data[start:start + 17]), data[start:start + 17]))
    r.body(b"0\r\n\r\n")


# what has come is not asked for again: the three parts that were whole
parts("torn", then=SINGLE[3:], path="/in-turn/file/torn-parts/file")
parts("lost", then=["HEAD", *SINGLE[3:]], path="/in-turn/file/torn-parts/file", lost=1)

parts("changed", ranges="100:100,1000:100", asked="HEAD, GET 100-199,1000-1099", path="/in-turn/file/newer",
      then=["HEAD", "GET 100-199,1000-1099", "GET 100-199", "GET 1000-1099"],
      data=double.newer_content(SIZE)[100:200] + double.newer_content(SIZE)[1000:1100])
