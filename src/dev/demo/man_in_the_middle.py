"""An attacker between a device and its repository: says that every timestamp is one version newer than it is.

    man_in_the_middle.py PORT REPOSITORY_URL
"""

import re
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, REPOSITORY = int(sys.argv[1]), sys.argv[2].rstrip("/")


def tamper(file):
    """The file's own version is the one outside "meta", beside "_type": the last in canonical JSON."""
    *_, last = re.finditer(rb'"version":(\d+)', file)
    return file[: last.start(1)] + b"%d" % (int(last[1]) + 1) + file[last.end(1) :]


class Attacker(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with urllib.request.urlopen(REPOSITORY + self.path) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as e:
            status, body = e.code, e.read()
        if status == 200 and self.path == "/timestamp.json":
            body = tamper(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", PORT), Attacker).serve_forever()
