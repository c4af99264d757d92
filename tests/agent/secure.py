"""
Tests of TLS and certificates.

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

from agentlink import GET, HEAD, WIRE
from certificates import certificates, client_certificate, der
from world import AGENT, Skip, equal, read, test

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))
from double import content  # noqa: E402
from lists import Lists  # noqa: E402


@test('TLS 1.3 with the authority of SSL_CERT_FILE')
def _(w):
    double = w.secure()
    target = w.file()
    with w.agent(double.env) as agent:
        for host in ('127.0.0.1', 'localhost'):
            done = agent.fetch(GET, URL=double.url('/file/tls', host), FILE=target)[1]
            equal((done['RESULT'], done['TEXT'], done['IP']), (0, '', '127.0.0.1'))
    equal(read(target), content(100000))
    equal({request['tls'] for request in double.requests('/file/tls')}, {'TLSv1.3'})


SYSTEM = '/etc/ssl/certs'   # where Debian's libcurl has its authorities


def authorities(w, name, bundle=(), hashed=()):
    """a directory like SYSTEM, with the authorities of these doubles"""
    directory = os.path.join(w.directory, name)
    os.mkdir(directory)
    for double in hashed:
        shutil.copy(double.prefix + '-ca.pem', directory)
    subprocess.run(['openssl', 'rehash', directory], check=True)
    with open(os.path.join(directory, 'ca-certificates.crt'), 'wb') as file:
        file.writelines(read(double.prefix + '-ca.pem') for double in bundle)
    return directory


def with_system(w, directory):
    """a program that starts the agent with DIRECTORY in the place of SYSTEM"""
    if not os.path.exists(os.path.join(SYSTEM, 'ca-certificates.crt')):
        raise Skip('the authorities are elsewhere')
    if subprocess.run(['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL).returncode:
        raise Skip('no mounts of its own')
    program = directory + '.sh'
    with open(program, 'w') as file:
        file.write("""#!/bin/sh\nexec unshare --mount sh -c 'mount --bind "$0" "$1" && exec "$2"' %s %s %s\n""" % (
            directory, SYSTEM, AGENT))
    os.chmod(program, 0o755)
    return program


@test("the system's authorities come from its directory if that has as many as its file, else from the file")
def _(w):
    known, other = w.secure(), w.secure('DNS:elsewhere.test')
    shown = authorities(w, 'shown', hashed=[known])
    for name, bundle, hashed, env, result in (('directory', [other], [known], {}, 0),
                                              ('file', [other, known], [other], {}, 0),
                                              ('directory-alone', [known], [other], {}, WIRE['RESULT_CERTIFICATE']),
                                              ('file-alone', [other, other], [other], {}, WIRE['RESULT_CERTIFICATE']),
                                              ('more', [other], [other], {'SSL_CERT_DIR': shown}, 0)):
        with w.agent(env, with_system(w, authorities(w, name, bundle, hashed))) as agent:
            for flags in 0, WIRE['FLAG_INSECURE_DATE']:     # by libcurl, and by ourselves
                done = agent.fetch(HEAD, URL=known.url('/file'), FLAGS=1 | flags)[1]
                equal((name, flags, done['RESULT']), (name, flags, result))


@test("an order's own authorities count beside the system's, for that order alone, and forgive nothing else")
def _(w):
    known, other = w.secure(), w.secure('DNS:localhost,IP:127.0.0.1', asks=True)
    elsewhere, expired, client = w.secure('DNS:elsewhere.test'), w.secure(days='0'), w.secure(usage='clientAuth')
    refused = WIRE['RESULT_CERTIFICATE']
    with Lists() as lists, w.agent(known.env) as agent:
        listed = w.secure(lists=lists.url)

        def fetch(url, *doubles, flags=0, **more):
            own = b''.join(der(double.prefix + '-ca.pem') for double in doubles)
            more.update({'AUTHORITIES': own} if doubles else {})
            return agent.fetch(HEAD, URL=url, FLAGS=WIRE['FLAG_NO_BODY'] | flags, **more)[1]['RESULT']

        chain, key = client_certificate(other.prefix)
        url, proof = other.url('/file/own'), {'CLIENT_CHAIN': chain, 'CLIENT_KEY': key}
        for doubles, result in (((), refused), ((other,), 0), ((), refused), ((elsewhere,), refused),
                                ((elsewhere, other), 0), ((known,), refused), ((other,), 0)):
            equal((len(doubles), fetch(url, *doubles, **proof)), (len(doubles), result))
            equal(fetch(w.double.url('/redirect-to?to=' + url), *doubles, **proof), result)
        equal(len(other.requests('/file/own')), 6)
        # the system's are not forgotten, nor do its servers need the order's
        equal((fetch(known.url('/file'), elsewhere), fetch(known.url('/file'))), (0, 0))
        # every other fault stays one, and can be forgiven by its flag alone
        for double, name in (elsewhere, 'HOST'), (expired, 'DATE'), (client, 'USAGE'):
            flag = WIRE['FLAG_INSECURE_' + name]
            equal((name, fetch(double.url('/file'), double)), (name, refused))
            equal((name, fetch(double.url('/file'), flags=flag)), (name, refused))
            equal((name, fetch(double.url('/file'), double, flags=flag)), (name, 0))
            equal((name, fetch(double.url('/file'), double)), (name, refused))
        # what is revoked stays revoked
        lists.content = lists.make(listed.prefix + '-ca', listed.prefix + '-cert.pem')
        equal(fetch(listed.url('/file'), listed), 0)
        equal(fetch(listed.url('/file'), listed, flags=WIRE['FLAG_REVOCATION']), WIRE['RESULT_REVOKED'])
        # what cannot be read counts for nothing
        own = der(known.prefix + '-ca.pem')
        equal(fetch(url, AUTHORITIES=b'\x30\x03abc' + own, **proof), refused)
        equal(fetch(url, AUTHORITIES=b'', **proof), refused)


@test('each fault of a certificate is refused unless the order forgives that one, on a connection in use too')
def _(w):
    good, elsewhere = w.secure(), w.secure('DNS:elsewhere.test')
    expired = w.secure(days='0')
    client = w.secure(usage='clientAuth')
    faults = {'CA': (good, elsewhere.env), 'HOST': (elsewhere, elsewhere.env), 'DATE': (expired, expired.env),
              'USAGE': (client, client.env)}
    for name, (double, env) in faults.items():
        with w.agent(env) as agent:
            def fetch(*names):
                flags = sum(WIRE['FLAG_INSECURE_' + each] for each in names)
                headers, done = agent.fetch(HEAD, URL=double.url('/file'), FLAGS=1 | flags)
                equal(headers is None, done['RESULT'] != 0)
                return done['RESULT']

            others = [each for each in faults if each != name]
            equal((name, fetch()), (name, WIRE['RESULT_CERTIFICATE']))
            equal((name, fetch(name)), (name, 0))
            equal((name, fetch(*others)), (name, WIRE['RESULT_CERTIFICATE']))
            equal((name, fetch(name, *others)), (name, 0))
            equal((name, fetch()), (name, WIRE['RESULT_CERTIFICATE']))


@test('a client certificate is shown to a server that asks, and a void one is an error of its own')
def _(w):
    double = w.secure(asks=True)
    chain, key = client_certificate(double.prefix)
    with w.agent(double.env) as agent:
        url = double.url('/file')
        equal(agent.fetch(HEAD, URL=url, CLIENT_CHAIN=chain, CLIENT_KEY=key)[1]['RESULT'], 0)
        equal(agent.fetch(HEAD, URL=url)[1]['RESULT'], WIRE['RESULT_NO_CERTIFICATE'])   # that of another order is not shown
        for void in ({'CLIENT_CHAIN': b'\0', 'CLIENT_KEY': key}, {'CLIENT_CHAIN': chain, 'CLIENT_KEY': b'\0'},
                     {'CLIENT_CHAIN': b'', 'CLIENT_KEY': b''}):
            equal(agent.fetch(HEAD, URL=url, **void)[1]['RESULT'], WIRE['RESULT_CLIENT_CERTIFICATE'])


@test('a server that wants a client certificate, or another one, is no lost connection, with TLS 1.2 and 1.3')
def _(w):
    stranger, stranger_key = client_certificate(w.secure().prefix)
    for tls12 in False, True:
        double = w.secure(asks=True, tls12=tls12)
        chain, key = client_certificate(double.prefix)
        with w.agent(double.env) as agent:
            def result(path, **more):
                return agent.fetch(HEAD, URL=double.url(path), **more)[1]['RESULT']
            equal((tls12, result('/file')), (tls12, WIRE['RESULT_NO_CERTIFICATE']))
            equal((tls12, result('/file', CLIENT_CHAIN=stranger, CLIENT_KEY=stranger_key)), (tls12, WIRE['RESULT_TLS']))
            equal((tls12, result('/file', CLIENT_CHAIN=chain, CLIENT_KEY=key)), (tls12, 0))
            # what is lost later is lost
            lost = agent.fetch(GET, URL=double.url('/reset'), FILE=w.file(), CLIENT_CHAIN=chain, CLIENT_KEY=key)[1]
            equal((tls12, lost['RESULT']), (tls12, WIRE['RESULT_RECEIVE']))


@test('a certificate that nobody has accepted is shown, and no request goes out before it is accepted')
def _(w):
    good, bad = w.secure(), w.secure('DNS:elsewhere.test')
    with w.agent(good.env) as agent:
        def judge(url, *accepted):
            order = agent.order(HEAD, URL=url, ACCEPTED=b''.join(accepted))
            shown = agent.wait('CERTIFICATE', 'HEADERS', 'DONE', order=order)
            done = shown if shown.kind == 'DONE' else agent.wait('DONE', order=order)
            equal(done['RESULT'], {'CERTIFICATE': WIRE['RESULT_UNJUDGED'], 'HEADERS': 0}.get(shown.kind, done['RESULT']))
            return shown

        url, other_name = good.url('/file/judged'), good.url('/file/judged', 'localhost')
        equal(agent.fetch(HEAD, URL=good.url('/file'))[1]['RESULT'], 0)
        shown, other = judge(url), judge(other_name)
        equal((shown.kind, len(shown['FINGERPRINT'])), ('CERTIFICATE', 32))
        equal(certificates(shown['CHAIN']), [der(good.prefix + '-cert.pem'), der(good.prefix + '-ca.pem')])
        equal((other['CHAIN'], other['FINGERPRINT'] == shown['FINGERPRINT']), (shown['CHAIN'], False))
        equal(judge(url, other['FINGERPRINT']), shown)
        equal(good.requests('/file/judged'), [])
        equal(judge(url, shown['FINGERPRINT']).kind, 'HEADERS')
        equal(judge(url, other['FINGERPRINT'], shown['FINGERPRINT']).kind, 'HEADERS')
        equal(judge(url), shown)
        # where a redirect leads to counts, http has no certificate, and what the agent refuses is never shown
        equal(judge(w.double.url('/redirect-to?to=' + url)), shown)
        equal(judge(w.double.url('/file')).kind, 'HEADERS')
        equal(judge(bad.url('/file'))['RESULT'], WIRE['RESULT_CERTIFICATE'])
        equal(len(good.requests('/file/judged')), 2)


@test('lists of revoked certificates are fetched once, and every certificate but the authority\'s needs one')
def _(w):
    with Lists() as lists:
        double, silent = w.secure(lists=lists.url), w.secure()
        flags, authority = WIRE['FLAG_NO_BODY'] | WIRE['FLAG_REVOCATION'], double.prefix + '-ca'

        def fetch(server=double):
            done = agent.fetch(HEAD, URL=server.url('/file/listed'), FLAGS=flags)[1]
            return done['RESULT'], lists.asked()

        with w.agent(silent.env) as agent:
            equal(fetch(silent), (WIRE['RESULT_REVOCATION'], 0))
        for answer, result in ((None, 'REVOCATION'), (b'nonsense', 'REVOCATION'),
                               (lists.make(authority, old=True), 'REVOCATION'),
                               (lists.make(silent.prefix + '-ca'), 'REVOCATION'), (lists.make(authority), 'OK'),
                               (lists.make(authority, double.prefix + '-cert.pem'), 'REVOKED')):
            with w.agent(double.env) as agent:
                before = lists.asked()
                lists.content = answer
                equal(fetch(), (WIRE['RESULT_' + result], before + 1))
                if result == 'REVOCATION':
                    # what is no list is not kept, and what can be had then is
                    lists.content = lists.make(double.prefix + '-ca')
                    equal(fetch(), (0, before + 2))
                else:
                    equal(fetch(), (WIRE['RESULT_' + result], before + 1))
                # without the flag nobody looks
                equal(agent.fetch(HEAD, URL=double.url('/file'))[1]['RESULT'], 0)
        equal(len(double.requests('/file/listed')), 6)


@test('a list that does not come holds up its own order alone, and not its cancellation')
def _(w):
    with Lists() as lists:
        double = w.secure(lists=lists.url)
        lists.content = lists.make(double.prefix + '-ca')
        lists.hold()
        with w.agent(double.env) as agent:
            request = dict(HEAD, URL=double.url('/file'), FLAGS=WIRE['FLAG_NO_BODY'] | WIRE['FLAG_REVOCATION'])
            first, second = agent.order(request), agent.order(request)
            lists.wait()
            equal(agent.fetch(HEAD, URL=w.double.url('/file'))[1]['RESULT'], 0)
            agent.cancel(first)
            equal(agent.wait('DONE', order=first)['RESULT'], WIRE['RESULT_CANCELLED'])
            lists.release()
            equal(agent.wait('DONE', order=second)['RESULT'], 0)
        equal(lists.asked(), 1)
