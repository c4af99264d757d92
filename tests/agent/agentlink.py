#
# The service's end of the agent's socket, for tests
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
#
# You should have received a copy of the GNU Lesser General Public
# License along with this library; if not, write to the Free Software
"""
Frames as include/wire.h describes them, written a second time on purpose; only the numbers are taken from there.
Agent is one running winebits-agent; Double is one running tests/server/double.py.
"""
import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 20       # seconds until an awaited event counts as missing


def _enums():
    """every enumerator of wire.h, without its WIRE_"""
    with open(os.path.join(HERE, '../../include/wire.h')) as header:
        text = re.sub(r'/\*.*?\*/', '', header.read(), flags=re.S)
    values = {}
    for body in re.findall(r'\benum \w+\s*\{(.*?)\}', text, re.S):
        last = -1
        for name, value in re.findall(r'WIRE_(\w+)\s*(?:=\s*(\w+))?\s*,?', body):
            last = values[name] = int(value, 0) if value else last + 1
    return values


WIRE = _enums()
TAGS = {name[4:]: value for name, value in WIRE.items() if name.startswith('TAG_')}
NAMES = {value: name for name, value in TAGS.items()}
TYPES = {WIRE[name]: name for name in ('HELLO', 'HEADERS', 'PROGRESS', 'DURABLE', 'DONE', 'CERTIFICATE', 'IDLE')}
U64 = {'OFFSET', 'RATE', 'BYTES', 'SIZE', 'EXPECTED'}
STRINGS = {'METHOD', 'URL', 'HEADERS', 'FILE', 'PROXY', 'PROXY_BYPASS', 'PROXY_USER', 'PROXY_PASSWORD', 'USER',
           'PASSWORD', 'TEXT', 'IP', 'BOUNDARY', 'EVENTS', 'ORDERS'}
BYTES = {'CLIENT_CHAIN', 'CLIENT_KEY', 'PARTS', 'ACCEPTED', 'FINGERPRINT', 'CHAIN', 'AUTHORITIES'}
GET = {'METHOD': 'GET', 'FLAGS': 0, 'MAX_REDIRECTS': 10, 'PROXY_MODE': 0, 'OFFSET': 0}
HEAD = {'METHOD': 'HEAD', 'FLAGS': WIRE['FLAG_NO_BODY'], 'MAX_REDIRECTS': 10, 'PROXY_MODE': 0}


def field(name, value):
    if name in STRINGS | BYTES:
        data = value if isinstance(value, bytes) else value.encode()
    else:
        data = struct.pack('<Q' if name in U64 else '<I', value)
    return struct.pack('<HHI', TAGS[name], 0, len(data)) + data


def frame(name, order, fields=(), **header):
    """header: length, kind, reserved to override"""
    payload = fields if isinstance(fields, bytes) else b''.join(field(n, v) for n, v in dict(fields).items())
    return struct.pack('<IHHI', header.get('length', len(payload)), header['kind'] if 'kind' in header else WIRE[name],
                       header.get('reserved', 0), order) + payload


def parts_of(*parts):
    """the first byte, length and position of each, as GO has them"""
    return b''.join(struct.pack('<3Q', *part) for part in parts)


WIRE_VERSION = 11
IDLE_TIME = 60      # seconds: WIRE_IDLE_TIME
HELLO = frame('HELLO', 0, {'VERSION': WIRE_VERSION})


class Event(dict):
    """kind, order, and the fields by name"""
    def __init__(self, kind, order, fields):
        super().__init__(fields)
        self.kind, self.order = kind, order


class Agent:
    def __init__(self, binary, env=None, preexec=None, hello=HELLO):
        ours, theirs = socket.socketpair()
        self.socket, self.buffer, self.events = ours, b'', []
        self.pipe = None    # all that comes but HELLO
        self.orders = None  # the pipe for what is sent
        self.held = b''     # before there is one
        self.process = subprocess.Popen([binary], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=dict(os.environ, **(env or {})), preexec_fn=preexec)
        theirs.close()
        self.last = 0
        self.send(hello)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
        if not exception[0]:
            return self.ended()
        self.process.kill()
        errors = self.process.communicate()[1]
        if errors:
            print('# ' + errors.decode(errors='replace').replace('\n', '\n# '))

    def close(self):
        self.socket.close()
        for pipe in self.pipe, self.orders:
            if pipe is not None:
                os.close(pipe)
        self.pipe = self.orders = None

    def ended(self, seconds=PATIENCE):
        """the process ends by itself, cleanly and without a word"""
        out, errors = self.process.communicate(timeout=seconds)
        assert (self.process.returncode, out, errors) == (0, b'', b''), (self.process.returncode, out, errors.decode())

    def send(self, data):
        self.held += data
        while self.orders is None and self.receive(PATIENCE):
            pass
        try:
            while self.held and self.orders is not None:
                self.held = self.held[os.write(self.orders, self.held):]
        except BrokenPipeError:     # it has ended
            pass

    def order(self, fields, **more):
        """send an ORDER; its id"""
        self.last += 1
        self.send(frame('ORDER', self.last, dict(fields, **more)))
        return self.last

    def go(self, order, **parts):
        self.send(frame('GO', order, parts))

    def cancel(self, order):
        self.send(frame('CANCEL', order))

    def receive(self, seconds):
        """read once; False: end of file, None: nothing within that time"""
        source = self.socket if self.pipe is None else self.pipe
        if not select.select([source], [], [], max(0, seconds))[0]:
            return None
        try:
            data = self.socket.recv(1 << 20) if self.pipe is None else os.read(self.pipe, 1 << 20)
        except ConnectionResetError:
            data = b''
        self.buffer += data
        while len(self.buffer) >= 12:
            length, kind, reserved, order = struct.unpack_from('<IHHI', self.buffer)
            if len(self.buffer) < 12 + length:
                break
            assert reserved == 0 and length <= 262144
            self.events.append(self.parse(TYPES[kind], order, self.buffer[12:12 + length]))
            self.buffer = self.buffer[12 + length:]
            if self.events[-1].kind == 'HELLO':
                try:
                    self.pipe = os.open(self.events[-1]['EVENTS'], os.O_RDONLY)
                    self.orders = os.open(self.events[-1]['ORDERS'], os.O_WRONLY)
                except FileNotFoundError:   # it has ended since
                    return False
        return bool(data)

    @staticmethod
    def parse(kind, order, payload):
        fields = {}
        while payload:
            tag, reserved, length = struct.unpack_from('<HHI', payload)
            data, payload = payload[8:8 + length], payload[8 + length:]
            name = NAMES[tag]
            assert reserved == 0 and len(data) == length and name not in fields
            assert not (name in STRINGS and b'\0' in data)
            if name in BYTES:
                fields[name] = data
            elif name in STRINGS:
                fields[name] = data.decode('latin-1')
            else:
                fields[name], = struct.unpack('<Q' if name in U64 else '<I', data)
        return Event(kind, order, fields)

    def wait(self, *kinds, order=None, seconds=PATIENCE):
        """take the first event of these kinds (of that order), leaving the others; AssertionError when none comes"""
        end = time.monotonic() + seconds
        while True:
            for index, event in enumerate(self.events):
                if event.kind in kinds and order in (None, event.order):
                    return self.events.pop(index)
            assert self.receive(end - time.monotonic()), 'no %s of order %s; there are: %s' % (
                '/'.join(kinds), order, [(e.kind, e.order, dict(e)) for e in self.events])

    def dropped(self, seconds=PATIENCE):
        """the agent closes the socket"""
        end = time.monotonic() + seconds
        while True:
            more = self.receive(end - time.monotonic())
            assert more is not None, 'still connected'
            if not more:
                return

    def fetch(self, fields, **more):
        """one order from start to DONE, with GO; HEADERS (or None) and DONE"""
        order = self.order(fields, **more)
        headers = None
        while True:
            event = self.wait('HEADERS', 'DONE', order=order)
            if event.kind == 'DONE':
                return headers, event
            assert headers is None
            headers = event
            if not fields['FLAGS'] & WIRE['FLAG_NO_BODY']:
                self.go(order)


class Double:
    def __init__(self, directory, *args):
        self.log = os.path.join(directory, 'double%d.log' % id(self))
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, '../server/double.py'), '--log', self.log,
                                         *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.scheme = 'https' if '--tls' in args else 'http'

    def url(self, path, host='127.0.0.1'):
        return '%s://%s:%d%s' % (self.scheme, host, self.port, path)

    def requests(self, path):
        """the logged requests of that path"""
        with open(self.log) as log:
            return [entry for entry in map(json.loads, log) if entry['path'] == path]

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
