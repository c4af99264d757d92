#!/usr/bin/env python3
#
# The agent's speed against the curl program
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
    bench_agent.py AGENT [--size MIB] [--rounds N] [--directory DIR]

fetches a file from a loopback nginx with the agent and with curl -o, in turns, over HTTP and over TLS 1.3, into DIR
(default: /dev/shm), and prints the medians of the elapsed and of the processor time, and their ratios.  Start, connection and end of both programs count;
fdatasync, which the agent does after DONE, does not.
"""
import argparse
import os
import resource
import socket
import statistics
import subprocess
import tempfile
import time

from agentlink import GET, Agent

NGINX = '''
daemon off; master_process off; pid {d}/nginx.pid; error_log {d}/error.log;
events {{}}
http {{
    access_log off; sendfile on; server_tokens off;
    client_body_temp_path {d}/t1; proxy_temp_path {d}/t2; fastcgi_temp_path {d}/t3; uwsgi_temp_path {d}/t4;
    scgi_temp_path {d}/t5;
    server {{
        listen 127.0.0.1:{http}; listen 127.0.0.1:{https} ssl {h2}; root {d};
        ssl_protocols TLSv1.3; ssl_certificate {d}/cert.pem; ssl_certificate_key {d}/key.pem;
    }}
}}
'''


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


def fresh(path):
    with open(path, 'wb'):
        pass


def processor():
    """seconds that ended children have used"""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def with_agent(binary, url, path, cert, size):
    fresh(path)
    used, started = processor(), time.monotonic()
    with Agent(binary, {'SSL_CERT_FILE': cert}) as agent:
        headers, done = agent.fetch(GET, URL=url, FILE=path, PROGRESS_INTERVAL=500)
        elapsed = time.monotonic() - started
    assert (done['RESULT'], done['BYTES']) == (0, size), dict(done)
    return elapsed, processor() - used, headers['HTTP_VERSION']


def with_curl(url, path, cert):
    fresh(path)
    used, started = processor(), time.monotonic()
    subprocess.run(['curl', '-s', '--cacert', cert, '-o', path, url], check=True)
    return time.monotonic() - started, processor() - used


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('agent')
    parser.add_argument('--size', type=int, default=1024)
    parser.add_argument('--rounds', type=int, default=9)
    parser.add_argument('--directory', default='/dev/shm')
    parser.add_argument('--http2', action='store_true')
    args = parser.parse_args()
    size = args.size << 20
    with tempfile.TemporaryDirectory(dir='/dev/shm') as d, tempfile.TemporaryDirectory(dir=args.directory) as out:
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-keyout', d + '/key.pem', '-out', d + '/cert.pem', '-subj', '/CN=bench', '-addext',
                        'subjectAltName=IP:127.0.0.1'], check=True, stderr=subprocess.DEVNULL)
        with open(d + '/file', 'wb') as stream:
            for _ in range(args.size):
                stream.write(os.urandom(1 << 20))
        http, https = free_port(), free_port()
        with open(d + '/nginx.conf', 'w') as stream:
            stream.write(NGINX.format(d=d, http=http, https=https, h2='http2' if args.http2 else ''))
        nginx = subprocess.Popen(['nginx', '-c', d + '/nginx.conf', '-e', d + '/error.log'], stdin=subprocess.DEVNULL)
        try:
            while subprocess.run(['curl', '-s', '-I', '-o', '/dev/null', 'http://127.0.0.1:%d/' % http]).returncode:
                assert nginx.poll() is None
            for url in ('http://127.0.0.1:%d/file' % http, 'https://127.0.0.1:%d/file' % https):
                ours, theirs = [], []
                for _ in range(args.rounds):
                    *times, version = with_agent(args.agent, url, out + '/a', d + '/cert.pem', size)
                    ours.append(times)
                    theirs.append(with_curl(url, out + '/c', d + '/cert.pem'))
                for what, column in (('elapsed', 0), ('processor', 1)):
                    a, c = (statistics.median(row[column] for row in table) for table in (ours, theirs))
                    print('%-5s HTTP/%.1f  %-9s agent %.3f s  curl %.3f s  ratio %.2f' % (
                        url.split(':')[0], version / 10, what, a, c, a / c), flush=True)
        finally:
            nginx.terminate()
            nginx.wait()


if __name__ == '__main__':
    main()
