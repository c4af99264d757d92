"""
Streams that the agent must refuse.

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
from agentlink import GET, HEAD, HELLO, WIRE, WIRE_VERSION, field, frame, parts_of

GOOD = dict(GET, URL='http://127.0.0.1:9/', FILE='/dev/null')


def without(name):
    return {n: v for n, v in GOOD.items() if n != name}


def go(**fields):
    """GO for two parts, but for these fields"""
    fields = dict({'BOUNDARY': 'x', 'SIZE': 1000, 'PARTS': parts_of((0, 1, 0), (1, 1, 1))}, **fields)
    return HELLO + frame('GO', 1, {n: v for n, v in fields.items() if v is not None})


MALFORMED = {
    'another version': frame('HELLO', 0, {'VERSION': 1}),
    'no HELLO first': frame('GO', 1),
    'a second HELLO': HELLO + HELLO,
    'a HELLO with an order id': frame('HELLO', 1, {'VERSION': WIRE_VERSION}),
    'a HELLO with a pipe': frame('HELLO', 0, {'VERSION': WIRE_VERSION, 'EVENTS': '/proc/1/fd/1'}),
    'a HELLO with another pipe': frame('HELLO', 0, {'VERSION': WIRE_VERSION, 'ORDERS': '/proc/1/fd/1'}),
    'an unknown type': HELLO + frame(None, 1, kind=5),
    'an event': HELLO + frame('PROGRESS', 1, {'BYTES': 1}),
    'reserved bits': HELLO + frame('GO', 1, reserved=1),
    'order id 0': HELLO + frame('GO', 0),
    'an over-long frame': HELLO + frame('GO', 1, length=262145),
    'an unknown tag': HELLO + frame('GO', 1, b'\xff\0\0\0\0\0\0\0'),
    'tag 0': HELLO + frame('GO', 1, bytes(8)),
    'a field that does not belong': HELLO + frame('GO', 1, {'BYTES': 1}),
    'a tag twice': HELLO + frame('ORDER', 1, b''.join(field(n, v) for n, v in GOOD.items()) + field('FLAGS', 0)),
    'a number of the wrong size': HELLO + frame('ORDER', 1, b''.join(field(n, v) for n, v in without('FLAGS').items()) +
                                                field('METHOD', b'abc').replace(b'\2\0', b'\5\0', 1)),
    'a truncated field': HELLO + frame('ORDER', 1, field('URL', 'http://a/')[:-1]),
    'a truncated field header': HELLO + frame('ORDER', 1, field('URL', 'http://a/') + b'\1\0\0'),
    'reserved bits of a field': HELLO + frame('ORDER', 1, field('URL', 'x')[:2] + b'\1' + field('URL', 'x')[3:]),
    'a string with NUL': HELLO + frame('ORDER', 1, dict(GOOD, URL='http://127.0.0.1/\0')),
    'an order without method': HELLO + frame('ORDER', 1, without('METHOD')),
    'an order without file': HELLO + frame('ORDER', 1, without('FILE')),
    'an order without offset': HELLO + frame('ORDER', 1, without('OFFSET')),
    'a negative offset': HELLO + frame('ORDER', 1, dict(GOOD, OFFSET=1 << 63)),
    'a file without a body': HELLO + frame('ORDER', 1, dict(GOOD, FLAGS=WIRE['FLAG_NO_BODY'])),
    'a body expected that there is not': HELLO + frame('ORDER', 1, dict(HEAD, URL=GOOD['URL'], EXPECTED=1)),
    'unknown flags': HELLO + frame('ORDER', 1, dict(GOOD, FLAGS=1 << 31)),
    'half a fingerprint': HELLO + frame('ORDER', 1, dict(GOOD, ACCEPTED=bytes(48))),
    'more authorities than may be': HELLO + frame('ORDER', 1, dict(GOOD, AUTHORITIES=bytes(65537))),
    'an unknown proxy mode': HELLO + frame('ORDER', 1, dict(GOOD, PROXY_MODE=3)),
    'an explicit proxy that is missing': HELLO + frame('ORDER', 1, dict(GOOD, PROXY_MODE=2)),
    'parts without a boundary': go(BOUNDARY=None),
    'parts of a file without size': go(SIZE=None),
    'a boundary without parts': go(PARTS=None),
    'an empty boundary': go(BOUNDARY=''),
    'a boundary of 71 bytes': go(BOUNDARY='x' * 71),
    'no parts': go(PARTS=b''),
    'one part': go(PARTS=parts_of((0, 1, 0))),
    '17 parts': go(PARTS=17 * parts_of((0, 1, 0))),
    'half a part': go(PARTS=2 * parts_of((0, 1, 0)) + bytes(8)),
    'an empty part': go(PARTS=parts_of((0, 1, 0), (1, 0, 1))),
    'a part behind the end of the file': go(PARTS=parts_of((0, 1, 0), (991, 10, 1))),
    'a part without an end': go(PARTS=parts_of((0, 1, 0), (1, (1 << 64) - 1, 1))),
    'a part at a negative offset': go(PARTS=parts_of((0, 1, 0), (1, 1, 1 << 63))),
    'an unknown authentication': HELLO + frame('ORDER', 1, dict(GOOD, AUTH=16)),
    'Negotiate as two principals': HELLO + frame('ORDER', 1, dict(GOOD, AUTH=8, USER='a', PASSWORD='x', PROXY_AUTH=8,
                                                                  PROXY_USER='b', PROXY_PASSWORD='x')),
    'Negotiate with two passwords': HELLO + frame('ORDER', 1, dict(GOOD, AUTH=8, USER='a', PASSWORD='x', PROXY_AUTH=8,
                                                                   PROXY_USER='a', PROXY_PASSWORD='y')),
    'Negotiate with and without a name': HELLO + frame('ORDER', 1, dict(GOOD, AUTH=8, PROXY_AUTH=8, PROXY_USER='')),
}
