"""
What every test of the agent begins with.

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
import shutil
import subprocess
import sys
import time

from agentlink import Agent, Double
from certificates import NEW_KEY, issue

TESTS = []
AGENT = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
EXTRA = b'Z'        # what a fresh file is full of


class Skip(Exception):
    pass


def test(sentence):
    def add(function):
        TESTS.append((sentence, function))
        return function
    return add


def equal(got, expected):
    assert got == expected, 'got %.300r, expected %.300r' % (got, expected)


class World:
    """what every test may use: a directory, the servers, an agent made for the test"""

    def __init__(self, directory):
        self.directory = directory
        self.double = Double(directory)
        self.tls = {}
        self.files = 0
        self.started, self.idle = time.monotonic(), self.agent()   # nobody gives this one an order

    def file(self, size=0):
        """the path of a new file"""
        self.files += 1
        path = os.path.join(self.directory, 'file%d' % self.files)
        with open(path, 'wb') as stream:
            stream.write(EXTRA * size)
        return path

    def agent(self, env=None, program=AGENT, **more):
        clean = {name: '' for name in ('http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'SSL_CERT_FILE',
                                       'SSL_CERT_DIR')}
        return Agent(program, dict(clean, **(env or {})), **more)

    def secure(self, names='DNS:localhost,IP:127.0.0.1', usage='serverAuth', days='30', asks=False, lists=None, tls12=False):
        """a double with TLS, whose certificate is so; its env makes its authority known, whose certificates it wants
        to see of clients if it asks; lists: the URL of its list of revoked certificates; no newer TLS than 1.2"""
        if not shutil.which('openssl'):
            raise Skip('no openssl')
        kind = names, usage, days, asks, lists, tls12
        if kind not in self.tls:
            prefix = os.path.join(self.directory, 'tls%d' % len(self.tls))
            subprocess.run(['openssl', 'req', '-x509', *NEW_KEY, '-days', '30', '-keyout', prefix + '-ca.key', '-out',
                            prefix + '-ca.pem', '-subj', '/CN=Test authority %d' % len(self.tls)], check=True, stderr=subprocess.DEVNULL)
            extensions = ['subjectAltName=' + names, 'extendedKeyUsage=' + usage]
            if lists:
                extensions.append('crlDistributionPoints=URI:' + lists)
            cert, key = issue(prefix, 'cert', '/CN=double', *extensions, days=days)
            more = (['--client-ca', prefix + '-ca.pem'] if asks else []) + (['--tls12'] if tls12 else [])
            double = self.tls[kind] = Double(self.directory, '--tls', cert, key, *more)
            double.env, double.prefix = {'SSL_CERT_FILE': prefix + '-ca.pem'}, prefix
        return self.tls[kind]

    def close(self):
        for double in (self.double, *self.tls.values()):
            double.close()


def read(path):
    with open(path, 'rb') as stream:
        return stream.read()
