"""
Certificates for the servers and clients of the tests, made by openssl.

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
import subprocess

NEW_KEY = ['-newkey', 'rsa:2048', '-nodes']


def issue(prefix, name, subject, *extensions, days='30'):
    """a certificate of the authority at prefix, and its key: paths"""
    path = '%s-%s' % (prefix, name)
    cert, key, request = path + '.pem', path + '.key', path + '.csr'
    with open(path + '.ext', 'w') as file:
        file.write('\n'.join(('basicConstraints=critical,CA:FALSE', *extensions)))
    quiet = {'check': True, 'stderr': subprocess.DEVNULL}
    subprocess.run(['openssl', 'req', *NEW_KEY, '-keyout', key, '-out', request, '-subj', subject], **quiet)
    subprocess.run(['openssl', 'x509', '-req', '-in', request, '-out', cert, '-days', days, '-CA', prefix + '-ca.pem',
                    '-CAkey', prefix + '-ca.key', '-CAcreateserial', '-extfile', path + '.ext'], **quiet)
    return cert, key


def client_certificate(prefix):
    """one as DER, and its key as the service sends it"""
    cert, key = issue(prefix, 'client', '/CN=client')
    quiet = {'check': True, 'stdout': subprocess.PIPE, 'stderr': subprocess.DEVNULL}
    pvk = subprocess.run(['openssl', 'rsa', '-in', key, '-outform', 'PVK', '-pvk-none'], **quiet).stdout
    return subprocess.run(['openssl', 'x509', '-in', cert, '-outform', 'DER'], **quiet).stdout, pvk[24:]


def der(path):
    return subprocess.run(['openssl', 'x509', '-in', path, '-outform', 'DER'], check=True, stdout=subprocess.PIPE).stdout


def certificates(chain):
    """those of a chain, which are all longer than 255 bytes"""
    found = []
    while chain:
        end = 4 + int.from_bytes(chain[2:4], 'big')
        found.append(chain[:end])
        chain = chain[end:]
    return found
