#!/usr/bin/env python3
#
# Scriptable HTTP server for tests: the path of a request names the behaviour
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
# Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
"""
A server on 127.0.0.1 whose first path component names a behaviour below; what follows in the path only keeps
URLs apart.  Every body is content(size): the same bytes at the same offset, whoever asks.

    double.py [--port N] [--log FILE] [--tls CERT KEY [--client-ca CERT]]

prints its port and ends when its standard input closes or on SIGTERM.  The log has one JSON object per request:
connection (a number: same number, same TCP connection), method, path, headers (pairs, in order), tls (or null).

Common parameters of the query: size=BYTES (default 100000), modified=SECONDS (Last-Modified, default 1e9).
The query is never part of what a behaviour counts or compares.
"""
import argparse
import email.utils
import http.server
import itertools
import json
import os
import re
import signal
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import urllib.parse

BLOCK = bytes((i * 7 + (i >> 8) * 13) & 0xff for i in range(65521))
PIECE = 1 << 20        # bytes written at once
BEHAVIOURS = {}


def content(size, start=0):
    """size bytes of the common content, from offset start"""
    first = start % len(BLOCK)
    return (BLOCK * ((first + size) // len(BLOCK) + 1))[first:first + size]


def behaviour(name):
    """/name in a URL is answered by the function that follows"""
    def add(function):
        BEHAVIOURS[name] = function
        return function
    return add


def http_date(seconds):
    return email.utils.formatdate(seconds, usegmt=True)


class Request(http.server.BaseHTTPRequestHandler):
    """One connection.  Behaviours get this object as their argument."""
    protocol_version = 'HTTP/1.1'
    server_version = 'double'
    connections = itertools.count(1)

    def setup(self):
        self.connection_number = next(self.connections)
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def log_message(self, *args):
        pass

    def __getattr__(self, name):
        if name.startswith('do_'):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.parts = url.path.strip('/').split('/')
        self.size = int(self.query.get('size', 100000))
        self.modified = int(self.query.get('modified', 1000000000))
        self.server.log({'connection': self.connection_number, 'method': self.command, 'path': self.path,
                         'headers': list(self.headers.items()),
                         'tls': self.request.version() if self.server.tls else None})
        length = int(self.headers.get('Content-Length', 0))
        while length > 0:
            length -= len(self.rfile.read(min(length, 65536))) or length
        BEHAVIOURS.get(self.parts[0], not_found)(self)

    # --- pieces that behaviours are made of

    def head(self, status, *headers, length=None):
        """status line and headers"""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header('Content-Length', str(length))
        self.end_headers()

    def body(self, data):
        if self.command != 'HEAD':
            self.wfile.write(data)
            self.wfile.flush()

    def content(self, size, start=0):
        """a body, or a part of one, that need not fit into memory"""
        for offset in range(start, start + size, PIECE):
            self.body(content(min(PIECE, start + size - offset), offset))

    def page(self, status, *headers):
        """a short HTML page, as servers send with an error"""
        if status in (204, 304):
            return self.head(status, *headers)
        data = b'<html><body><h1>%d</h1></body></html>\n' % status
        self.head(status, ('Content-Type', 'text/html'), *headers, length=len(data))
        self.body(data)

    def validators(self):
        return [('Last-Modified', http_date(self.modified)), ('ETag', '"%d"' % self.modified)]

    def half(self):
        """complete headers and the first half of the body"""
        wanted = self.range()
        first, last = wanted or (0, self.size - 1)
        self.head(206 if wanted else 200, *self.validators(), ('Accept-Ranges', 'bytes'),
                  *([('Content-Range', 'bytes %d-%d/%d' % (first, last, self.size))] if wanted else []), length=last + 1 - first)
        self.content((last + 1 - first) // 2, first)

    def until_closed(self):
        """wait for the client to go away"""
        self.close_connection = True
        try:
            while self.rfile.read(1):
                pass
        except OSError:
            pass

    def range(self):
        """first and last byte of the Range header; None: no such header, False: outside the file"""
        match = re.fullmatch(r'bytes=(\d*)-(\d*)', self.headers.get('Range', ''))
        if not match or match.groups() == ('', ''):
            return None
        first, last = match.groups()
        if first == '':
            return max(0, self.size - int(last)), self.size - 1
        if int(first) >= self.size:
            return False
        return int(first), min(int(last), self.size - 1) if last else self.size - 1

    def ranges(self):
        """first and last byte of each of several ranges; None: there is one or none"""
        match = re.fullmatch(r'bytes=(\d+-\d+(?:,\d+-\d+)+)', self.headers.get('Range', ''))
        return match and [tuple(map(int, text.split('-'))) for text in match[1].split(',')]

    def part(self, first, last, *headers, total=None):
        """one part of a body of several, from its delimiter to its data"""
        lines = ['--double', *headers, 'Content-Range: bytes %d-%d/%d' % (first, last, total or self.size)]
        return '\r\n'.join([*lines, '', '']).encode() + content(last - first + 1, first)

    def multipart(self, parts, end='\r\n--double--', length=None):
        """a body of these parts"""
        data = b'\r\n'.join(parts) + end.encode()
        self.head(206, *self.validators(), ('Content-Type', 'multipart/byteranges; boundary=double'),
                  length=length or len(data))
        self.body(data)


# --- the behaviours

@behaviour('file')
def file(r):
    """a well-behaved static file: HEAD, Range, If-Unmodified-Since"""
    since = r.headers.get('If-Unmodified-Since')
    if since and email.utils.parsedate_to_datetime(since).timestamp() < r.modified:
        return r.page(412)
    wanted = r.range()
    if wanted is False:
        return r.page(416, ('Content-Range', 'bytes */%d' % r.size))
    if wanted is None:
        r.head(200, *r.validators(), ('Accept-Ranges', 'bytes'), length=r.size)
        return r.content(r.size)
    first, last = wanted
    r.head(206, *r.validators(), ('Content-Range', 'bytes %d-%d/%d' % (first, last, r.size)), length=last - first + 1)
    r.content(last - first + 1, first)


@behaviour('parts')
def parts(r):
    """a static file that sends several ranges at once, too"""
    several = r.ranges()
    if not several or r.command == 'HEAD':
        return file(r)
    r.multipart([r.part(*one, 'Content-Type: text/plain') for one in several])


@behaviour('torn-parts')
def torn_parts(r):
    """of the last of several ranges the first half, and then the end of the body; lost=1: of the connection; hang=1:
    nothing"""
    data = [r.part(*one) for one in r.ranges()]
    first, last = r.ranges()[-1]
    data[-1] = data[-1][:-((last + 1 - first) // 2)]
    r.multipart(data, end='', length=2 * sum(map(len, data)) if {'lost', 'hang'} & set(r.query) else None)
    if 'hang' in r.query:
        r.until_closed()
    r.close_connection = True


@behaviour('hang')
def hang(r):
    """takes the request and never answers"""
    r.until_closed()


@behaviour('hang-body')
def hang_body(r):
    """half the body, then nothing"""
    r.half()
    if r.command != 'HEAD':     # whose answer is whole
        r.until_closed()


@behaviour('reset')
def reset(r):
    """half the body, then RST"""
    r.half()
    r.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    r.connection.close()
    r.close_connection = True


@behaviour('truncate')
def truncate(r):
    """half the body, then an orderly end of the connection"""
    r.half()
    r.close_connection = True


@behaviour('garbage')
def garbage(r):
    """an answer that is not HTTP"""
    r.wfile.write(b'220 mail.example.com ESMTP\r\n' * 10)
    r.close_connection = True


@behaviour('status')
def status(r):
    """/status/NNN: that status with a page; query: any header, as name=value"""
    r.page(int(r.parts[1]), *((n, v) for n, v in r.query.items() if n[:1].isupper()))


@behaviour('redirect')
def redirect(r):
    """/redirect/N: N redirects, then a file"""
    left = int(r.parts[1])
    target = '/redirect/%d' % (left - 1) if left > 1 else '/file'
    query = urllib.parse.urlencode(r.query)
    r.page(302, ('Location', target + ('?' + query if query else '')))


@behaviour('redirect-loop')
def redirect_loop(r):
    """redirects to itself"""
    r.page(302, ('Location', r.path))


@behaviour('redirect-https-http')
@behaviour('redirect-to')
def redirect_to(r):
    """redirects to the URL in the query's `to`, of whatever scheme"""
    r.page(302, ('Location', r.query['to']))


@behaviour('no-length')
def no_length(r):
    """a body that ends with the connection"""
    r.close_connection = True
    r.head(200, *r.validators(), ('Connection', 'close'))
    r.content(r.size)


@behaviour('chunked')
def chunked(r):
    """chunked coding, with a trailer"""
    r.head(200, *r.validators(), ('Transfer-Encoding', 'chunked'), ('Trailer', 'X-Sum'))
    for start in range(0, r.size, 8192):
        data = content(min(8192, r.size - start), start)
        r.body(b'%x\r\n%s\r\n' % (len(data), data))
    r.body(b'0\r\nX-Sum: 1\r\n\r\n')


@behaviour('no-range')
def no_range(r):
    """answers every Range with the whole file"""
    r.head(200, *r.validators(), length=r.size)
    r.content(r.size)


@behaviour('changed')
def changed(r):
    """Last-Modified is a day later at each GET; conditions are ignored"""
    if r.command == 'GET':
        r.modified += 86400 * r.server.count(r.parts)
    r.headers.__delitem__('If-Unmodified-Since')
    file(r)


@behaviour('bad-content-range')
def bad_content_range(r):
    """206 with a Content-Range one byte further than asked"""
    first, last = r.range() or (0, r.size - 1)
    r.head(206, *r.validators(), ('Content-Range', 'bytes %d-%d/%d' % (first + 1, last + 1, r.size + 1)),
           length=last - first + 1)
    r.content(last - first + 1, first)


@behaviour('slow')
def slow(r):
    """rate=N bytes per second (default 1000), in ten pieces a second"""
    piece = max(1, int(r.query.get('rate', 1000)) // 10)
    wanted = r.range()
    first, last = wanted or (0, r.size - 1)
    r.head(206 if wanted else 200, *r.validators(), ('Accept-Ranges', 'bytes'),
           *([('Content-Range', 'bytes %d-%d/%d' % (first, last, r.size))] if wanted else []), length=last - first + 1)
    for start in range(first, last + 1, piece):
        if r.command == 'HEAD':
            return
        r.body(content(min(piece, last + 1 - start), start))
        time.sleep(0.1)


@behaviour('huge-headers')
def huge_headers(r):
    """bytes=N of headers (default 300000), then a file"""
    lines = int(r.query.get('bytes', 300000)) // 1000
    r.head(200, *(('X-%05d' % i, 'x' * 990) for i in range(lines)), length=r.size)
    r.content(r.size)


@behaviour('no-head')
def no_head(r):
    """405 to HEAD"""
    if r.command == 'HEAD':
        return r.page(405, ('Allow', 'GET'))
    file(r)


@behaviour('empty')
def empty(r):
    """Content-Length: 0"""
    r.head(200, *r.validators(), length=0)


@behaviour('early-hints')
def early_hints(r):
    """two 1xx responses before the real one"""
    r.wfile.write(b'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' * 2)
    file(r)


@behaviour('in-turn')
def in_turn(r):
    """/in-turn/A/B/C: the first request is answered as /A, the second as /B, the third and all that follow as /C;
    the query's `row` tells whose requests they are"""
    turn = min(r.server.count(['in-turn', r.query['row']]), len(r.parts) - 1)
    r.parts = r.parts[turn:]
    (BEHAVIOURS.get(r.parts[0]) or status_part)(r)


def status_part(r):
    """status-NNN, for in-turn"""
    r.page(int(r.parts[0].removeprefix('status-')))


def newer_content(size):
    """what `newer` sends"""
    return content(size + 1000, 7)


@behaviour('newer')
def newer(r):
    """the file a day later, with other bytes and a thousand more of them; careless=1: ignores If-Unmodified-Since"""
    modified = r.modified + 86400
    data = newer_content(r.size)
    headers = [('Last-Modified', http_date(modified))]
    since = r.headers.get('If-Unmodified-Since')
    if since and since != http_date(modified) and 'careless' not in r.query:
        return r.page(412)
    wanted = r.range()
    if wanted:
        part = data[wanted[0]:wanted[1] + 1]
        r.head(206, *headers, ('Content-Range', 'bytes %d-%d/%d' % (*wanted, len(data))), length=len(part))
        return r.body(part)
    r.head(200, *headers, length=len(data))
    r.body(data)


@behaviour('no-date')
def no_date(r):
    """a file without Last-Modified"""
    r.validators = lambda: []
    try:
        file(r)
    finally:
        del r.validators    # the connection goes on


@behaviour('basic')
def basic(r):
    """Basic authentication, user `user`, password `secret`"""
    if r.headers.get('Authorization') != 'Basic dXNlcjpzZWNyZXQ=':
        return r.page(401, ('WWW-Authenticate', 'Basic realm="double"'))
    file(r)


@behaviour('')
def index(r):
    """the names of all behaviours"""
    data = '\n'.join('/%s: %s' % (n, f.__doc__) for n, f in sorted(BEHAVIOURS.items())).encode()
    r.head(200, ('Content-Type', 'text/plain'), length=len(data))
    r.body(data)


def not_found(r):
    r.page(404)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, log, tls, host='127.0.0.1'):
        super().__init__((host, port), Request)
        self.log_file = open(log, 'a') if log else None
        self.lock = threading.Lock()
        self.counts = {}
        self.tls = tls

    def log(self, entry):
        if self.log_file:
            with self.lock:
                self.log_file.write(json.dumps(entry) + '\n')
                self.log_file.flush()

    def count(self, parts):
        """how often this path was asked for, with this call"""
        with self.lock:
            self.counts[tuple(parts)] = self.counts.get(tuple(parts), 0) + 1
            return self.counts[tuple(parts)]

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # a client that goes away is what tests are made of
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description='Scriptable HTTP server for tests.')
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--log')
    parser.add_argument('--tls', nargs=2, metavar=('CERT', 'KEY'))
    parser.add_argument('--client-ca', help='clients have to show a certificate of this authority')
    parser.add_argument('--tls12', action='store_true', help='no newer TLS than 1.2')
    args = parser.parse_args()
    tls = None
    if args.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*args.tls)
        if args.client_ca:
            tls.load_verify_locations(args.client_ca)
            tls.verify_mode = ssl.CERT_REQUIRED
        if args.tls12:
            tls.maximum_version = ssl.TLSVersion.TLSv1_2
    server = Server(args.port, args.log, tls)
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == '__main__':
    main()
