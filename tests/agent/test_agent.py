#!/usr/bin/env python3
#
# Tests of the transfer agent, as the service sees it
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
    test_agent.py AGENT [WORD]

runs the given (sanitized) agent over a socket pair against tests/server/double.py; with WORD, only the tests whose
sentence has it.  Prints "ok - sentence" or "not ok - sentence" for each, then the totals.
"""
import contextlib
import errno
import os
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import journals  # noqa: F401, its tests
import secure  # noqa: F401, its tests
from agentlink import GET, HEAD, HELLO, IDLE_TIME, PATIENCE, WIRE, WIRE_VERSION, Agent, Double, field, frame, parts_of
from malformed import MALFORMED
from world import AGENT, EXTRA, TESTS, Skip, World, equal, read, test

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))
from double import content  # noqa: E402


def fetch_whole(w, agent, path, size=100000, **more):
    """fetch that path into a new file, check DONE and the bytes; HEADERS"""
    target = w.file()
    headers, done = agent.fetch(GET, URL=w.double.url(path), FILE=target, **more)
    equal((done['RESULT'], done['TEXT'], done['BYTES'], done['ERRNO']), (0, '', size, 0))
    equal(done['STATUS'], headers['STATUS'])
    assert read(target) == content(size), 'other bytes'
    return headers


def fetch_failing(w, path, result, written=0, status=0, with_headers=False, request=GET, double=None, **more):
    """fetch that path into a new file, which must fail so and leave just that many good bytes; DONE"""
    target = w.file()
    double = double or w.double
    with w.agent(getattr(double, 'env', None)) as agent:
        headers, done = agent.fetch(request, URL=double.url(path), FILE=target, **more)
    equal((done['RESULT'], done['STATUS'], done['BYTES']), (WIRE['RESULT_' + result], status, written))
    equal(headers is not None, with_headers)
    assert done['TEXT'], 'no text'
    assert read(target) == content(written), 'other bytes'
    return done


def names(headers):
    """header names and values of a HEADERS event; the status line checked"""
    lines = headers['HEADERS'].split('\r\n')
    assert lines[0].startswith('HTTP/') and lines[-1] == '', lines
    return dict(line.split(': ', 1) for line in lines[1:-1])


# --- the program

@test('--version and --help print and succeed')
def _(w):
    for argument, word in (('--version', 'winebits-agent '), ('--help', 'Usage:')):
        run = subprocess.run([AGENT, argument], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        equal((run.returncode, run.stderr), (0, ''))
        assert word in run.stdout


@test('without a socket, or with an unknown argument, it says what it is and fails')
def _(w):
    for arguments in ([], ['--nonsense'], ['--help', 'x']):
        run = subprocess.run([AGENT, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        equal((run.returncode, run.stdout), (2, ''))
        assert 'winebits service' in run.stderr


@test('it greets, and end of file ends it')
def _(w):
    with w.agent() as agent:
        hello = agent.wait('HELLO')
        equal(hello['VERSION'], WIRE_VERSION)
        for pipe in hello['EVENTS'], hello['ORDERS']:
            assert re.fullmatch(r'/proc/%d/fd/\d+' % agent.process.pid, pipe), pipe
        agent.socket.shutdown(socket.SHUT_WR)
        agent.ended(2)


@test('orders come through the pipe and no other way: a byte from the socket ends it')
def _(w):
    agent = w.agent()
    agent.order(GET, URL=w.double.url('/hang'), FILE=w.file())
    agent.socket.send(HELLO)
    agent.dropped()
    agent.close()
    agent.ended(2)


@test("what wire.h's fuzzer starts from greets with this version, else it would look at greetings only")
def _(w):
    corpus = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fuzz/corpus/wire')
    for name in 'agent', 'expected', 'half', 'service':
        assert field('VERSION', WIRE_VERSION) in read(os.path.join(corpus, name)), name


@test('end of file ends it in the middle of orders')
def _(w):
    agent = w.agent()
    for path in ('/hang', '/hang-body', '/file'):
        agent.order(GET, URL=w.double.url(path), FILE=w.file())
    agent.wait('HEADERS')
    agent.go(agent.wait('HEADERS').order)
    agent.socket.close()
    agent.ended()


@test('every malformed frame drops the connection and ends it')
def _(w):
    for what, data in MALFORMED.items():
        try:
            with w.agent(hello=data) as agent:
                agent.dropped()
        except AssertionError as error:
            raise AssertionError('%s: %s' % (what, error)) from error


@test('an order id in use drops the connection')
def _(w):
    with w.agent() as agent:
        agent.order(GET, URL=w.double.url('/hang'), FILE=w.file())
        agent.send(frame('ORDER', 1, dict(GET, URL=w.double.url('/hang'), FILE=w.file())))
        agent.dropped()


@test('frames may come in pieces and in heaps, and unknown ids are ignored')
def _(w):
    target = w.file()
    order = frame('ORDER', 7, dict(GET, URL=w.double.url('/file'), FILE=target))
    with w.agent(hello=b'') as agent:
        for byte in HELLO + order[:-1]:
            agent.send(bytes([byte]))
        agent.send(order[-1:] + frame('GO', 8) + frame('CANCEL', 8) + frame('GO', 7))
        agent.wait('HEADERS', order=7)
        agent.go(7)
        agent.send(frame('GO', 7))
        equal(agent.wait('DONE', order=7)['RESULT'], 0)
        agent.send(frame('CANCEL', 7) + frame('GO', 7))
        equal(agent.fetch(HEAD, URL=w.double.url('/file'))[1]['RESULT'], 0)


# --- responses

@test('a file arrives with its headers, its bytes and its address')
def _(w):
    with w.agent() as agent:
        headers = fetch_whole(w, agent, '/file')
        equal((headers['STATUS'], headers['HTTP_VERSION'], headers['URL']), (200, 11, ''))
        equal(names(headers)['Content-Length'], '100000')
        equal(names(headers)['Last-Modified'], 'Sun, 09 Sep 2001 01:46:40 GMT')


@test('the body goes to its offset and nothing else of the file changes')
def _(w):
    target = w.file(100)
    with w.agent() as agent:
        headers, done = agent.fetch(GET, URL=w.double.url('/file?size=1000'), FILE=target, OFFSET=40,
                                    HEADERS='Range: bytes=500-529\r\n')
    equal((headers['STATUS'], names(headers)['Content-Range']), (206, 'bytes 500-529/1000'))
    equal((done['RESULT'], done['BYTES']), (0, 30))
    equal(read(target), EXTRA * 40 + content(30, 500) + EXTRA * 30)


@test('the request has the ordered headers, in order, and no others but Host')
def _(w):
    lines = [['User-Agent', 'Microsoft BITS/7.8'], ['Accept', '*/*'], ['Accept-Encoding', 'identity'],
             ['If-Unmodified-Since', 'Sun, 09 Sep 2001 01:46:40 GMT'], ['X-Empty', ''], ['Range', 'bytes=0-9']]
    with w.agent() as agent:
        agent.fetch(GET, URL=w.double.url('/file/own'), FILE=w.file(),
                    HEADERS=''.join('%s: %s\r\n' % tuple(line) for line in lines))
        agent.fetch(GET, URL=w.double.url('/file/none'), FILE=w.file())
        agent.fetch(HEAD, URL=w.double.url('/file/head'), METHOD='HEAD')
    host = ['Host', '127.0.0.1:%d' % w.double.port]
    equal(w.double.requests('/file/own')[0]['headers'], [host] + lines)
    equal(w.double.requests('/file/none')[0]['headers'], [host])
    equal(w.double.requests('/file/head')[0]['method'], 'HEAD')


@test('no byte reaches the file before GO')
def _(w):
    target = w.file(100)
    with w.agent() as agent:
        first = agent.order(GET, URL=w.double.url('/file'), FILE=target)
        agent.wait('HEADERS', order=first)
        for _ in range(3):      # other work passes meanwhile
            fetch_whole(w, agent, '/file')
        equal(read(target), EXTRA * 100)
        assert not any(event.order == first for event in agent.events)
        agent.go(first)
        equal(agent.wait('DONE', order=first)['RESULT'], 0)
    equal(read(target), content(100000))


def has_clients(port):
    """whether anybody has not closed a connection to this port of 127.0.0.1"""
    with open('/proc/net/tcp') as table:
        rows = [line.split() for line in table][1:]
    return any(row[2] == '0100007F:%04X' % port and row[3] in ('01', '08') for row in rows)     # ESTABLISHED, CLOSE_WAIT


@test('what came before GO is not lost when the connection ends before it, too')
def _(w):
    target = w.file()
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/truncate?size=20000'), FILE=target)
        agent.wait('HEADERS', order=order)
        end = time.monotonic() + PATIENCE
        while has_clients(w.double.port):
            assert time.monotonic() < end, 'libcurl does not see the end'
            time.sleep(0.01)
        equal(read(target), b'')
        agent.go(order)
        done = agent.wait('DONE', order=order)
        equal((done['RESULT'], done['BYTES']), (WIRE['RESULT_PARTIAL'], 10000))
    equal(read(target), content(10000))


@test('HEAD answers with headers and needs no GO, and the GET after it uses the same connection')
def _(w):
    with w.agent() as agent:
        headers, done = agent.fetch(HEAD, URL=w.double.url('/file/reuse'))
        equal((headers['STATUS'], done['RESULT'], done['BYTES']), (200, 0, 0))
        fetch_whole(w, agent, '/file/reuse')
    head, get = w.double.requests('/file/reuse')
    equal((head['method'], get['method']), ('HEAD', 'GET'))
    equal(head['connection'], get['connection'])


@test('an empty body needs no GO')
def _(w):
    target = w.file(5)
    with w.agent() as agent:
        for path in ('/empty', '/status/304'):
            order = agent.order(GET, URL=w.double.url(path), FILE=target)
            equal(agent.wait('HEADERS', order=order)['WAITING'], 0)
            done = agent.wait('DONE', order=order)
            equal((done['RESULT'], done['BYTES']), (0, 0))
    equal(read(target), EXTRA * 5)


@test('a body of the length that the order expected needs no GO')
def _(w):
    target = w.file(3)
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/file?size=5000'), FILE=target, OFFSET=1, EXPECTED=5000)
        equal(agent.wait('HEADERS', order=order)['WAITING'], 0)
        agent.go(order)     # crosses
        done = agent.wait('DONE', order=order)
        equal((done['RESULT'], done['BYTES']), (0, 5000))
        equal(read(target), EXTRA + content(5000))


@test('a body of another length or status than expected waits for GO, and so does one without a length')
def _(w):
    with w.agent() as agent:
        page = agent.fetch(GET, URL=w.double.url('/status/404'), FILE=w.file())[1]['BYTES']
        for path, expected in (('/file?size=5000', 4999), ('/file?size=5000', 5001), ('/status/404', page),
                               ('/no-length', 100000), ('/chunked', 100000)):
            target = w.file(3)
            order = agent.order(GET, URL=w.double.url(path), FILE=target, EXPECTED=expected)
            equal(agent.wait('HEADERS', order=order)['WAITING'], 1)
            settle(w, agent)
            equal(read(target), EXTRA * 3)
            agent.go(order)
            equal(agent.wait('DONE', order=order)['RESULT'], 0)


@test('an expected body that breaks off ends the order as ever')
def _(w):
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/truncate'), FILE=w.file(), EXPECTED=100000)
        equal(agent.wait('HEADERS', order=order)['WAITING'], 0)
        equal(agent.wait('DONE', order=order)['RESULT'], WIRE['RESULT_PARTIAL'])


@test('what was written is flushed, and then the file is closed, without a word')
def _(w):
    # small files together, and one that is too large for that
    log, targets = os.path.join(w.directory, 'flushes'), [w.file() for _ in range(4)]
    with w.agent(preload(w, 'flushlog', FLUSH_LOG=log)) as agent:
        for target, size in zip(targets, (1, 100000, 1 << 20, 3 << 20)):
            agent.fetch(GET, URL=w.double.url('/file?size=%d' % size), FILE=target)
        descriptors = '/proc/%d/fd' % agent.process.pid

        def leads_to(fd):
            try:
                return os.readlink(os.path.join(descriptors, fd))
            except FileNotFoundError:   # closed meanwhile
                return None

        def are_open():
            return set(targets) & set(map(leads_to, os.listdir(descriptors)))

        end = time.monotonic() + PATIENCE
        while are_open():
            assert time.monotonic() < end, 'still open'
        equal(sorted(read(log).decode().split()), sorted(targets))
        settle(w, agent)
        equal([event for event in agent.events if event.kind == 'DURABLE'], [])


@test('two orders at once both arrive')
def _(w):
    paths = [w.file(), w.file()]
    with w.agent() as agent:
        orders = [agent.order(GET, URL=w.double.url('/slow?rate=100000&size=30000'), FILE=path) for path in paths]
        for order in orders:
            agent.wait('HEADERS', order=order)
        for order in reversed(orders):
            agent.go(order)
        for order in orders:
            equal(agent.wait('DONE', order=order)['BYTES'], 30000)
    for path in paths:
        equal(read(path), content(30000))


@test('bodies without length, chunked or after 1xx responses arrive')
def _(w):
    with w.agent() as agent:
        assert 'Content-Length' not in names(fetch_whole(w, agent, '/no-length'))
        assert 'X-Sum' not in names(fetch_whole(w, agent, '/chunked'))
        headers = fetch_whole(w, agent, '/early-hints')
        assert 'Link' not in names(headers) and headers['STATUS'] == 200


def order_parts(w, agent, path, target, wanted, asked=None):
    """an order for the parts asked for, with GO for those wanted; DONE"""
    ranges = ','.join('%d-%d' % (first, first + length - 1) for first, length, _ in asked or wanted)
    order = agent.order(GET, URL=w.double.url(path), FILE=target, HEADERS='Range: bytes=%s\r\n' % ranges)
    agent.wait('HEADERS', order=order)
    agent.go(order, BOUNDARY='double', SIZE=100000, PARTS=parts_of(*wanted))
    return agent.wait('DONE', order=order)


@test('each part of a multipart body goes where GO says')
def _(w):
    target = w.file(200)
    with w.agent() as agent:
        done = order_parts(w, agent, '/parts', target, ((100, 100, 20), (1000, 50, 120), (30, 10, 0)))
        equal((done['STATUS'], done['RESULT'], done['BYTES'], done['TEXT']), (206, 0, 160, ''))
        equal(read(target), content(10, 30) + EXTRA * 10 + content(100, 100) + content(50, 1000) + EXTRA * 30)


@test('parts that are not those of GO end the order, and only what came before them counts')
def _(w):
    with w.agent() as agent:
        for asked, wanted in ((200, 10), (201, 10)), ((200, 10), (200, 11)), ((0, 10), (99, 10)):
            target = w.file()
            done = order_parts(w, agent, '/parts', target, ((100, 100, 0), (*wanted, 100)), ((100, 100, 0), (*asked, 100)))
            equal((done['RESULT'], done['BYTES'], done['ERRNO']), (WIRE['RESULT_PARTS'], 100, 0))
            assert done['TEXT'], done
            equal(read(target), content(100, 100))
        # one run of bytes
        done = order_parts(w, agent, '/file', w.file(), ((100, 100, 0), (300, 10, 100)))
        equal((done['RESULT'], done['BYTES']), (WIRE['RESULT_PARTS'], 0))


@test('a body that ends, or a disk that is full, in the middle of a part leaves those before it')
def _(w):
    wanted = (100, 100, 0), (1000, 50, 100)
    with w.agent() as agent:
        for query, result in ('', WIRE['RESULT_PARTS']), ('?lost=1', WIRE['RESULT_PARTIAL']):
            done = order_parts(w, agent, '/torn-parts' + query, w.file(), wanted)
            equal((done['RESULT'], done['BYTES']), (result, 100))
    with w.agent(preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (120, 120))) as agent:
        done = order_parts(w, agent, '/parts', w.file(), wanted)
        equal((done['RESULT'], done['BYTES'], done['ERRNO']), (WIRE['RESULT_FILE'], 100, errno.EFBIG))


@test('what is odd about ranges is reported as it came')
def _(w):
    with w.agent() as agent:
        asked = {'HEADERS': 'Range: bytes=10-19\r\n'}
        equal(fetch_whole(w, agent, '/no-range', **asked)['STATUS'], 200)
        for path, status, told in (('/bad-content-range', 206, 'bytes 11-20/100001'),
                                   ('/file?size=5', 416, 'bytes */5')):
            headers = agent.fetch(GET, URL=w.double.url(path), FILE=w.file(), **asked)[0]
            equal((headers['STATUS'], names(headers)['Content-Range']), (status, told))


@test('a file that changes between HEAD and GET shows both dates')
def _(w):
    with w.agent() as agent:
        head = agent.fetch(HEAD, URL=w.double.url('/changed/1'))[0]
        get = fetch_whole(w, agent, '/changed/1')
        assert names(head)['Last-Modified'] != names(get)['Last-Modified']


@test('an error status is a response like any other, with its page')
def _(w):
    with w.agent() as agent:
        for status in (400, 404, 500, 503):
            target = w.file()
            headers, done = agent.fetch(GET, URL=w.double.url('/status/%d' % status), FILE=target)
            equal((headers['STATUS'], done['RESULT'], done['STATUS']), (status, 0, status))
            assert b'<h1>%d</h1>' % status in read(target)
        headers, done = agent.fetch(HEAD, URL=w.double.url('/no-head'))
        equal((headers['STATUS'], done['RESULT']), (405, 0))


@test('PROGRESS counts up, at most once per interval, and only when something changed')
def _(w):
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/slow?rate=50000&size=100000'), FILE=w.file(), PROGRESS_INTERVAL=200)
        agent.wait('HEADERS', order=order)
        started = time.monotonic()
        agent.go(order)
        seen = []
        while True:
            event = agent.wait('PROGRESS', 'DONE', order=order)
            if event.kind == 'DONE':
                break
            seen.append(event['BYTES'])
        elapsed = time.monotonic() - started
    assert 2 <= len(seen) <= elapsed / 0.2 + 1, seen
    equal(seen, sorted(set(seen)))


@test('a file that grows is flushed every 5 seconds')
def _(w):
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/slow?rate=2000&size=16000'), FILE=w.file())
        agent.wait('HEADERS', order=order)
        agent.go(order)
        event = agent.wait('DURABLE', 'DONE', order=order)
        equal(event.kind, 'DURABLE')
        assert 0 < event['BYTES'] < 16000 and event['ERRNO'] == 0
        equal(agent.wait('DONE', order=order)['BYTES'], 16000)


@test('a rate limit is kept')
def _(w):
    with w.agent() as agent:
        started = time.monotonic()
        fetch_whole(w, agent, '/file?size=600000', size=600000, RATE=200000)
        elapsed = time.monotonic() - started
    assert elapsed > 2, elapsed


# --- redirects

@test('redirects are followed and only the last response counts')
def _(w):
    with w.agent() as agent:
        headers = fetch_whole(w, agent, '/redirect/5')
        equal((headers['STATUS'], headers['URL']), (200, w.double.url('/file')))
        assert 'Location' not in names(headers)


@test('with no redirects allowed the 3xx is final')
def _(w):
    with w.agent() as agent:
        headers, done = agent.fetch(GET, URL=w.double.url('/redirect/1'), FILE=w.file(), MAX_REDIRECTS=0)
        equal((headers['STATUS'], names(headers)['Location'], done['RESULT']), (302, '/file', 0))


@test('too many redirects fail with the status of the last')
def _(w):
    fetch_failing(w, '/redirect/5', 'TOO_MANY_REDIRECTS', status=302, MAX_REDIRECTS=4)
    fetch_failing(w, '/redirect-loop', 'TOO_MANY_REDIRECTS', status=302)


@test('a redirect to another protocol is refused')
def _(w):
    fetch_failing(w, '/redirect-to?to=file:///etc/passwd', 'PROTOCOL', status=302)
    fetch_failing(w, '/redirect-to?to=ftp://127.0.0.1/', 'PROTOCOL', status=302)


@test('a redirect from https to http is refused unless the order allows it')
def _(w):
    double = w.secure()
    path = '/redirect-https-http?to=' + w.double.url('/file')
    fetch_failing(w, path, 'PROTOCOL', status=302, double=double)
    with w.agent(double.env) as agent:
        headers, done = agent.fetch(GET, URL=double.url(path), FILE=w.file(), FLAGS=WIRE['FLAG_ALLOW_DOWNGRADE'])
        equal((headers['STATUS'], headers['URL'], done['RESULT']), (200, w.double.url('/file'), 0))


@test('a redirect from http by way of https back to http is refused too')
def _(w):
    double = w.secure()
    path = '/redirect-to?to=' + double.url('/redirect-to?to=' + w.double.url('/file'))
    with w.agent(double.env) as agent:
        headers, done = agent.fetch(GET, URL=w.double.url(path), FILE=w.file())
        equal((headers, done['RESULT'], done['STATUS']), (None, WIRE['RESULT_PROTOCOL'], 302))


# --- proxies, credentials

# --- the background

@test('a background order has its window steered while its body comes, a foreground order on its connection any window')
def _(w):
    log = os.path.join(w.directory, 'windows')

    def windows():
        with open(log) as file:
            return [tuple(map(int, line.split())) for line in file]

    with w.agent(preload(w, 'windowlog', WINDOW_LOG=log)) as agent:
        slow, quick = '/slow?rate=100000&size=100000', '/file/windows'
        equal(agent.fetch(GET, URL=w.double.url(slow), FILE=w.file(), FLAGS=WIRE['FLAG_BACKGROUND'])[1]['RESULT'], 0)
        steered = windows()
        equal(agent.fetch(GET, URL=w.double.url(quick), FILE=w.file())[1]['RESULT'], 0)
        equal(len({w.double.requests(path)[0]['connection'] for path in (slow, quick)}), 1)
        assert len(steered) > 2 and all(0 < size < 1 << 25 for _, size in steered), steered
        equal(windows()[len(steered):], [(steered[0][0], (1 << 31) - 1)])


@test('an explicit proxy is used but for what bypasses it, and the environment only when ordered')
def _(w):
    proxy = '127.0.0.1:%d' % w.double.port      # a proxy gets the whole URL, which double answers by its path
    there = 'http://far.invalid/file'
    with w.agent({'http_proxy': 'http://' + proxy, 'no_proxy': 'far.invalid'}) as agent:
        explicit = {'PROXY_MODE': WIRE['PROXY_EXPLICIT'], 'PROXY': 'http://' + proxy}
        equal(agent.fetch(HEAD, URL=there, **explicit)[1]['RESULT'], 0)
        equal(agent.fetch(HEAD, URL=there, PROXY_BYPASS='near.invalid,.invalid', **explicit)[1]['RESULT'],
              WIRE['RESULT_NO_HOST'])
        equal(agent.fetch(HEAD, URL=there, PROXY_MODE=WIRE['PROXY_ENVIRONMENT'])[1]['RESULT'], WIRE['RESULT_NO_HOST'])
        near = 'http://near.invalid/file'
        equal(agent.fetch(HEAD, URL=near, PROXY_MODE=WIRE['PROXY_ENVIRONMENT'])[1]['RESULT'], 0)
        equal(agent.fetch(HEAD, URL=near, PROXY_MODE=WIRE['PROXY_NONE'])[1]['RESULT'], WIRE['RESULT_NO_HOST'])


@test('credentials are used as ordered, and netrc only when ordered')
def _(w):
    home = tempfile.mkdtemp(dir=w.directory)
    with open(os.path.join(home, '.netrc'), 'w') as netrc:
        netrc.write('machine 127.0.0.1 login user password secret\n')
    url = w.double.url('/basic')
    with w.agent({'HOME': home}) as agent:
        equal(agent.fetch(HEAD, URL=url)[0]['STATUS'], 401)
        equal(agent.fetch(HEAD, URL=url, USER='user', PASSWORD='secret', AUTH=WIRE['AUTH_ALL'])[0]['STATUS'], 200)
        equal(agent.fetch(HEAD, URL=url, USER='user', PASSWORD='secret', AUTH=0)[0]['STATUS'], 401)
        equal(agent.fetch(HEAD, URL=url, USER='user', PASSWORD='wrong', AUTH=1)[0]['STATUS'], 401)
        equal(agent.fetch(HEAD, URL=url, FLAGS=1 | WIRE['FLAG_NETRC'])[0]['STATUS'], 200)
        equal(agent.fetch(HEAD, URL=url)[1]['TEXT'], '')


@test('a name and a password for Negotiate without a ticket leave the other schemes as they are, and DONE says why')
def _(w):
    url, login = w.double.url('/basic'), {'USER': 'user', 'PASSWORD': 'secret'}
    for cache in 'FILE:' + w.file(), 'MEMORY:login':
        with w.agent({'KRB5CCNAME': cache, 'KRB5_CONFIG': '/dev/null'}) as agent:
            for auth, status in ('AUTH_ALL', 200), ('AUTH_NEGOTIATE', 401):
                headers, done = agent.fetch(HEAD, URL=url, AUTH=WIRE[auth], **login)
                equal((headers['STATUS'], done['RESULT']), (status, 0))
                assert done['TEXT'], done
            equal(agent.fetch(HEAD, URL=url, AUTH=WIRE['AUTH_BASIC'], **login)[1]['TEXT'], '')


# --- failures

@test('a body cut short, by an end or a reset, is an error and keeps its good bytes')
def _(w):
    fetch_failing(w, '/truncate', 'PARTIAL', written=50000, status=200, with_headers=True)
    target = w.file()
    with w.agent() as agent:
        headers, done = agent.fetch(GET, URL=w.double.url('/reset'), FILE=target)
    equal((headers['STATUS'], done['RESULT'], done['ERRNO']), (200, WIRE['RESULT_RECEIVE'], errno.ECONNRESET))
    equal(read(target), content(done['BYTES']))


@test('what is not HTTP, and headers without end, are refused')
def _(w):
    fetch_failing(w, '/garbage', 'PROTOCOL')
    fetch_failing(w, '/huge-headers?bytes=140000', 'RECEIVE', status=200)
    fetch_failing(w, '/huge-headers?bytes=400000', 'RECEIVE', status=200)
    with w.agent() as agent:
        assert len(fetch_whole(w, agent, '/huge-headers?bytes=120000')['HEADERS']) > 120000


@test('no name, no connection and a bad URL have their own results')
def _(w):
    with socket.create_server(('127.0.0.1', 0)) as listener:
        port = listener.getsockname()[1]
    with w.agent() as agent:
        for url, result, word in (('http://nowhere.invalid/', 'NO_HOST', 'nowhere.invalid'),
                                  ('http://127.0.0.1:%d/' % port, 'NO_CONNECTION', '127.0.0.1'),
                                  ('http://a b/', 'BAD_URL', ''), ('gopher://127.0.0.1/', 'PROTOCOL', 'gopher')):
            headers, done = agent.fetch(HEAD, URL=url)
            equal((headers, done['RESULT']), (None, WIRE['RESULT_' + result]))
            assert word in done['TEXT'], done['TEXT']
            equal(done['ERRNO'], errno.ECONNREFUSED if result == 'NO_CONNECTION' else 0)


@test('each timeout ends its phase')
def _(w):
    started = time.monotonic()
    done = fetch_failing(w, '/hang', 'TIMEOUT', FIRST_BYTE_TIMEOUT=300)
    assert '127.0.0.1 did not answer' in done['TEXT'], done['TEXT']
    done = fetch_failing(w, '/hang-body', 'TIMEOUT', written=50000, status=200, with_headers=True, STALL_TIMEOUT=2000)
    assert '127.0.0.1 sent nothing' in done['TEXT'], done['TEXT']
    with w.agent() as agent, deaf() as port:
        done = agent.fetch(HEAD, URL='http://127.0.0.1:%d/' % port, CONNECT_TIMEOUT=300)[1]
        equal(done['RESULT'], WIRE['RESULT_TIMEOUT'])
    assert time.monotonic() - started < PATIENCE


@test('the wait for GO is no stall, and slow bytes are none either')
def _(w):
    with w.agent() as agent:
        waiting = agent.order(GET, URL=w.double.url('/file'), FILE=w.file(), STALL_TIMEOUT=2000)
        agent.wait('HEADERS', order=waiting)
        fetch_whole(w, agent, '/slow?rate=8000&size=24000', size=24000, STALL_TIMEOUT=2000, FIRST_BYTE_TIMEOUT=2000)
        agent.go(waiting)
        equal(agent.wait('DONE', order=waiting)['RESULT'], 0)


@test('a file that cannot be opened fails before anything is asked of the server')
def _(w):
    with w.agent() as agent:
        for path, code in ((os.path.join(w.directory, 'missing'), errno.ENOENT), (w.directory, errno.EISDIR)):
            headers, done = agent.fetch(GET, URL=w.double.url('/file/unopened'), FILE=path)
            equal((headers, done['RESULT'], done['ERRNO']), (None, WIRE['RESULT_FILE'], code))
    equal(w.double.requests('/file/unopened'), [])


@test('a full disk and a file that may not grow fail with their errno')
def _(w):
    with w.agent() as agent:
        done = agent.fetch(GET, URL=w.double.url('/file'), FILE='/dev/full')[1]
        equal((done['RESULT'], done['ERRNO'], done['BYTES']), (WIRE['RESULT_FILE'], errno.ENOSPC, 0))
        assert 'No space left' in done['TEXT']
    target = w.file()
    with w.agent(preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))) as agent:
        done = agent.fetch(GET, URL=w.double.url('/file'), FILE=target)[1]
        equal((done['RESULT'], done['ERRNO'], done['BYTES']), (WIRE['RESULT_FILE'], errno.EFBIG, 30000))
    equal(read(target), content(30000))


# --- cancel

def cancelled(agent, order):
    """cancel; DONE, which comes although none of the servers here would ever end the transfer"""
    agent.cancel(order)
    done = agent.wait('DONE', order=order)
    equal(done['RESULT'], WIRE['RESULT_CANCELLED'])
    return done


def settle(w, agent):
    """what was sent before has been taken in when a whole other order has passed"""
    fetch_whole(w, agent, '/file')


def preload(w, name, **env):
    """the environment that preloads NAME.c"""
    compiler = shutil.which(os.environ.get('CC', 'cc'))
    if not compiler:
        raise Skip('no C compiler')
    library = os.path.join(w.directory, name + '.so')
    subprocess.run([compiler, '-shared', '-fPIC', '-o', library,
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), name + '.c')], check=True)
    options = os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
    return dict(env, LD_PRELOAD=library, ASAN_OPTIONS=options)


@contextlib.contextmanager
def deaf():
    """the port of a listener that takes no more connections: a SYN stays without answer"""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(('127.0.0.1', 0), backlog=0))
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@test('cancel while the name is being looked up')
def _(w):
    with w.agent(preload(w, 'slowresolver')) as agent:
        order = agent.order(HEAD, URL='http://slow.invalid/')
        settle(w, agent)
        cancelled(agent, order)
        settle(w, agent)


@test('cancel while connecting')
def _(w):
    with w.agent() as agent, deaf() as port:
        order = agent.order(HEAD, URL='http://127.0.0.1:%d/' % port)
        settle(w, agent)
        cancelled(agent, order)


@test('cancel while TLS is being set up')
def _(w):
    # with few authorities: parsing the system's, once per agent, is 20 ms of libcurl that nothing can interrupt, and
    # many more with sanitizers
    with w.agent(w.secure().env) as agent, socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(PATIENCE)
        order = agent.order(HEAD, URL='https://127.0.0.1:%d/' % listener.getsockname()[1])
        with listener.accept()[0] as connection:
            assert connection.recv(1) == b'\x16'
            cancelled(agent, order)


@test('cancel before the first byte')
def _(w):
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/hang'), FILE=w.file())
        settle(w, agent)
        cancelled(agent, order)


@test('cancel instead of GO')
def _(w):
    target = w.file(9)
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/file?size=10000000'), FILE=target)
        agent.wait('HEADERS', order=order)
        equal(cancelled(agent, order)['BYTES'], 0)
    equal(read(target), EXTRA * 9)


@test('cancel while the body stands still')
def _(w):
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/hang-body'), FILE=w.file(), PROGRESS_INTERVAL=1)
        agent.wait('HEADERS', order=order)
        agent.go(order)
        while agent.wait('PROGRESS', order=order)['BYTES'] != 50000:
            pass
        equal(cancelled(agent, order)['BYTES'], 50000)


@test('cancel at full speed, and the file does not change any more')
def _(w):
    size = 20000000000      # more than fits into any delay before the cancel arrives
    with w.agent() as agent:
        target = w.file()
        order = agent.order(GET, URL=w.double.url('/file?size=%d' % size), FILE=target, PROGRESS_INTERVAL=1)
        agent.wait('HEADERS', order=order)
        agent.go(order)
        agent.wait('PROGRESS', order=order)
        written = cancelled(agent, order)['BYTES']
        before = os.stat(target)
        settle(w, agent)
        assert 0 < written < size
        equal((before.st_size, before.st_mtime_ns), (written, os.stat(target).st_mtime_ns))


@test('cancel while the rate limit holds the transfer back')
def _(w):
    with w.agent() as agent:
        order = agent.order(GET, URL=w.double.url('/file'), FILE=w.file(), RATE=2000, PROGRESS_INTERVAL=1)
        agent.wait('HEADERS', order=order)
        agent.go(order)
        agent.wait('PROGRESS', order=order)
        cancelled(agent, order)


@test('an agent that is held up ends with its link, and its connections with it')
def _(w):
    pipe = w.file()
    os.unlink(pipe)
    os.mkfifo(pipe)         # that nobody reads: opening it for writing takes for ever
    with w.agent() as agent, socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(PATIENCE)
        agent.order(HEAD, URL='http://127.0.0.1:%d/' % listener.getsockname()[1])
        with listener.accept()[0] as connection:
            connection.settimeout(PATIENCE)
            agent.order(GET, URL=w.double.url('/file'), FILE=pipe)
            agent.socket.close()
            agent.ended()
            while connection.recv(4096):
                pass


@test('a service that does not read is dropped when events pile up')
def _(w):
    with w.agent() as agent:
        order = frame('ORDER', 1, dict(HEAD, URL=w.double.url('/huge-headers?bytes=120000')))
        try:
            agent.socket.settimeout(PATIENCE)
            for number in range(1, 400):
                agent.send(order[:8] + number.to_bytes(4, 'little') + order[12:])
        except (BrokenPipeError, ConnectionResetError):
            pass
        agent.ended()


@test('it says when it has had no order for a minute')
def _(w):
    # the one that has been there since the first test
    with w.idle as agent:
        equal(agent.wait('IDLE', seconds=IDLE_TIME + PATIENCE).order, 0)
        took = time.monotonic() - w.started
        assert took > IDLE_TIME, took


def run(world, sentence, function):
    """print how it went; 0: ok, 1: not ok, 2: skipped"""
    result = []

    def body():
        try:
            function(world)
        except Skip as reason:
            result.append((2, 'ok - %s # SKIP %s' % (sentence, reason)))
        except BaseException:
            result.append((1, 'not ok - %s\n# %s' % (sentence, traceback.format_exc().strip().replace('\n', '\n# '))))
        else:
            result.append((0, 'ok - ' + sentence))

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(5 * PATIENCE)
    code, text = result[0] if result else (1, 'not ok - %s\n# still running' % sentence)
    print(text, flush=True)
    return code


def main():
    if not AGENT or len(sys.argv) > 3:
        sys.exit(__doc__)
    counts = [0, 0, 0]
    with tempfile.TemporaryDirectory() as directory:
        world = World(directory)
        for sentence, function in TESTS:
            if len(sys.argv) < 3 or sys.argv[2] in sentence:
                counts[run(world, sentence, function)] += 1
        world.close()
    print('%d passed, %d failed, %d skipped' % tuple(counts))
    sys.exit(counts[1] != 0)


if __name__ == '__main__':
    main()
