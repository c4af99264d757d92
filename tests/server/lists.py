"""
Lists of revoked certificates, and a server of one.

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
import http.server
import os
import subprocess
import tempfile
import threading


class Lists(http.server.ThreadingHTTPServer):
    """A server with one list of revoked certificates, its content, or 404."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.requests.release()
            self.server.count += 1
            self.server.gate.wait(60)
            self.send_response(200 if self.server.content else 404)
            self.send_header('Content-Length', str(len(self.server.content or b'')))
            self.end_headers()
            self.wfile.write(self.server.content or b'')

        def log_message(self, *args):
            pass

    def __init__(self):
        super().__init__(('127.0.0.1', 0), self.Handler)
        self.content, self.count = None, 0
        self.requests, self.gate = threading.Semaphore(0), threading.Event()
        self.gate.set()
        self.url = 'http://127.0.0.1:%d/list' % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *exception):
        self.shutdown()
        super().__exit__(*exception)

    def hold(self):
        """answers nobody until release()"""
        self.gate.clear()

    def release(self):
        self.gate.set()

    def wait(self):
        """until the next request"""
        assert self.requests.acquire(timeout=30)

    def asked(self):
        return self.count

    @staticmethod
    def make(authority, *revoked, old=False):
        """a list of an authority (its files without .pem and .key), in DER; old: it is out of date"""
        with tempfile.TemporaryDirectory() as directory:
            config, index = os.path.join(directory, 'config'), os.path.join(directory, 'index')
            open(index, 'w').close()
            with open(config, 'w') as file:
                file.write('[ca]\ndefault_ca=x\n[x]\ndatabase=%s\ndefault_md=sha256\n' % index)
            ca = ['openssl', 'ca', '-config', config, '-cert', authority + '.pem', '-keyfile', authority + '.key']
            quiet = {'check': True, 'stdout': subprocess.PIPE, 'stderr': subprocess.DEVNULL}
            for certificate in revoked:
                subprocess.run([*ca, '-revoke', certificate], **quiet)
            life = ['-crldays', '7']
            if old:
                life = ['-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200108000000Z']
            made = os.path.join(directory, 'list')
            subprocess.run([*ca, '-gencrl', *life, '-out', made], **quiet)
            return subprocess.run(['openssl', 'crl', '-in', made, '-outform', 'DER'], **quiet).stdout
