"""
Tests of reading journals.

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
import contextlib
import os
import socket
import struct
import subprocess

from world import AGENT, equal, test

JOURNAL_HEADER, MAX_JOURNAL, MAX_FOLDER = '<I42s', 0x10000, 0x400000


def journal_name(number):
    return '{%08X-0000-0000-0000-000000000000}.wbj' % number


def write(path, data):
    with open(path, 'wb') as stream:
        stream.write(data)


@contextlib.contextmanager
def journal_reader(request):
    """the program and our end of its socket, which does not wait at its end, as Wine's do not"""
    ours, its = socket.socketpair()
    its.setblocking(False)
    ours.settimeout(30)
    process = subprocess.Popen([AGENT, '--journals'], stdin=its)
    its.close()
    try:
        ours.sendall(request)
        yield process, ours
    finally:
        ours.close()
        process.wait(30)


def journal_request(directory, *folders):
    path = directory.encode()
    return struct.pack('<II', len(path), len(folders)) + path + ''.join(folders).encode()


def read_journals(directory, *folders):
    """for each folder the contents by name, and the length of all"""
    with journal_reader(journal_request(directory, *folders)) as (process, ours):
        stream = ours.makefile('rb')
        found = []
        for _ in folders:
            length, = struct.unpack('<I', stream.read(4))
            data, files = stream.read(length), {}
            while data:
                size, name = struct.unpack_from(JOURNAL_HEADER, data)
                data = data[struct.calcsize(JOURNAL_HEADER):]
                files[name.decode()], data = data[:size], data[size:]
            found.append((files, length))
        equal(stream.read(), b'')
        equal(process.wait(30), 0)
    return found


@test('it reads journals: whole regular files of the right length of name, and nothing else')
def _(w):
    directory = os.path.join(w.directory, 'journals')
    folder = os.path.join(directory, 'AB')
    os.makedirs(os.path.join(directory, 'CD'))
    os.mkdir(folder)
    paths = [os.path.join(folder, journal_name(number)) for number in range(8)]
    write(paths[0], b'one')
    write(paths[1], bytes(MAX_JOURNAL))
    write(paths[2], bytes(MAX_JOURNAL + 1))
    write(paths[3], b'')
    os.mkdir(paths[4])
    os.mkfifo(paths[5])
    os.symlink(paths[0], paths[6])
    write(paths[7] + '.new', b'unfinished')
    write(os.path.join(folder, 'short.wbj'), b'no journal')
    os.symlink(folder, os.path.join(directory, 'EF'))
    files = {journal_name(0): b'one', journal_name(1): bytes(MAX_JOURNAL)}
    equal([found for found, _ in read_journals(directory, 'CD', 'AB', 'EF', '00', 'AB')], [{}, files, {}, {}, files])


@test('of a folder it reads no more journals than have room')
def _(w):
    directory = os.path.join(w.directory, 'many')
    os.makedirs(os.path.join(directory, '00'))
    contents = {journal_name(number): bytes([number]) * MAX_JOURNAL for number in range(70)}
    for name, data in contents.items():
        write(os.path.join(directory, '00', name), data)
    (files, length), = read_journals(directory, '00')
    assert 60 * MAX_JOURNAL < length <= MAX_FOLDER, length
    assert all(contents[name] == data for name, data in files.items())


@test('a request for journals that is wrong, or breaks off, is refused')
def _(w):
    directory = w.directory
    for request in (b'', b'abc', struct.pack('<II', 4097, 1) + bytes(5000), struct.pack('<II', 4, 257) + b'/tmp' + b'00' * 257,
                    journal_request(directory, '..'), journal_request(directory, 'a0'), journal_request(directory, '0\0'),
                    journal_request(directory + '/missing', '00'), journal_request(directory, '00', '01')[:-1]):
        with journal_reader(b'') as (process, ours):
            try:
                ours.sendall(request)
                ours.shutdown(socket.SHUT_WR)
                answer = ours.recv(100)
            except ConnectionError:
                answer = b''
            equal((process.wait(30), answer), (1, b''))


@test('it stops to read journals when nobody listens')
def _(w):
    directory = os.path.join(w.directory, 'unheard')
    os.makedirs(os.path.join(directory, '00'))
    for number in range(20):
        write(os.path.join(directory, '00', journal_name(number)), bytes(MAX_JOURNAL))
    with journal_reader(journal_request(directory, *['00'] * 256)) as (process, ours):
        ours.recv(1)
        ours.close()
        assert process.wait(30)
