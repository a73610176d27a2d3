"""Writes a fleet's repository as ota-tuf and fioctl leave one: make_fleet.py DIR

DIR/server/repo     what its devices read: N.root.json, timestamp.json, snapshot.json, targets.json
DIR/roots.tgz       every root, as `fioctl keys tuf download-roots` saves them
DIR/root-keys.tgz   the root keys, as fioctl keeps them offline: the first (RSA), and the one that took its place (Ed25519)
DIR/keys            the online keys: targets.sec as garage-sign has it, snapshot.pem and timestamp.pem

Made of Python's own JSON and cryptography alone. Keyids are of three rules, for devices compare none: the digest of the key's DER
(ota-tuf), that of the PEM as a JSON text (uptane-generator), and names. Members stand in the order in which a server built
them, which isn't the order in which they are signed.
"""

import base64
import hashlib
import io
import json
import sys
import tarfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

DIRECTORY = Path(sys.argv[1])
NOW = datetime.now(timezone.utc)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def as_served(value):
    return json.dumps(value, separators=(",", ":")).encode()


def expires(days):
    return (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def public(key, encoding):
    return key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


class Key:
    def __init__(self, private, keyid=None):
        self.private = private
        self.is_rsa = isinstance(private, rsa.RSAPrivateKey)
        self.keyid = keyid or hashlib.sha256(public(private, Encoding.DER)).hexdigest()

    def public_half(self):
        if self.is_rsa:
            return public(self.private, Encoding.PEM).decode()
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def private_half(self):
        if self.is_rsa:
            return self.pem(PrivateFormat.TraditionalOpenSSL).decode()
        return self.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()

    def pem(self, form):
        return self.private.private_bytes(Encoding.PEM, form, NoEncryption())

    def object(self, half="public"):
        value = self.public_half() if half == "public" else self.private_half()
        return {"keyval": {half: value}, "keytype": "RSA" if self.is_rsa else "ED25519"}

    def sign(self, signed):
        message = canonical(signed)
        value = (self.private.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
                 if self.is_rsa else self.private.sign(message))
        return {"keyid": self.keyid, "method": "rsassa-pss-sha256" if self.is_rsa else "ed25519",
                "sig": base64.b64encode(value).decode()}


def new_rsa():
    return rsa.generate_private_key(65537, 2048)


def by_generator(private):
    return hashlib.sha256(json.dumps(public(private, Encoding.PEM).decode().rstrip()).encode()).hexdigest()


def write(name, content):
    path = DIRECTORY / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return content


def sign(name, signed, *keys):
    whole = {"signatures": [key.sign(signed) for key in keys], "signed": signed}
    write(f"server/repo/{name}", as_served(whole))
    # Devices hash what they would write themselves.
    return {"hashes": {"sha256": hashlib.sha256(canonical(whole)).hexdigest()},
            "length": len(canonical(whole)), "version": signed["version"]}


def archive(name, files):
    with tarfile.open(DIRECTORY / name, "w:gz") as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


first, second = Key(new_rsa()), Key(ed25519.Ed25519PrivateKey.generate())
targets_private = new_rsa()
online = {
    "targets": Key(targets_private, by_generator(targets_private)),
    "snapshot": Key(ed25519.Ed25519PrivateKey.generate(), "Snapshot-Key/1"),
    "timestamp": Key(new_rsa()),
}


def root(version, holder, days, **extras):
    keys = {"root": holder, **online}
    return {"keys": {key.keyid: key.object() for key in keys.values()},
            "roles": {role: {"keyids": [key.keyid], "threshold": 1} for role, key in keys.items()},
            "version": version, "expires": expires(days), "consistent_snapshot": False, "_type": "Root", **extras}


sign("1.root.json", root(1, first, 100), first)
newest = sign("2.root.json", root(2, second, 300, **{
    "x-changelog": {"polis-id": "5f1a", "message": "the key that we began with goes", "timestamp": "2026-05-04T08:00:00Z"},
    "x-key-owners": {second.keyid: {"polis-id": "5f1a", "created-at": 1777881600}},
}), first, second)


def build(number):
    return {"hashes": {"sha256": hashlib.sha256(b"build %d" % number).hexdigest()}, "length": 0, "custom": {
        "name": "intel-corei7-64-lmp", "version": str(number), "hardwareIds": ["intel-corei7-64"], "targetFormat": "OSTREE",
        "uri": None, "createdAt": "2026-05-04T08:00:00Z", "updatedAt": "2026-05-04T08:00:00Z", "tags": ["main"],
        "lmp-manifest-sha": "ab" * 20, "docker_compose_apps": {"shop": {"uri": "hub.example.com/acme/shop@sha256:" + "cd" * 32}}}}


targets = sign("targets.json", {
    "expires": expires(60), "version": 763, "_type": "Targets", "x-old-server": {"build": 4711},
    "targets": {f"intel-corei7-64-lmp-{number}": build(number) for number in (763, 762)},
}, online["targets"])
snapshot = sign("snapshot.json", {
    "meta": {"root.json": newest, "targets.json": targets}, "expires": expires(30), "version": 801, "_type": "Snapshot",
}, online["snapshot"])
sign("timestamp.json", {
    "meta": {"snapshot.json": snapshot}, "expires": expires(1), "version": 1041, "_type": "Timestamp",
}, online["timestamp"])

archive("roots.tgz", {f"{version}.root.json": (DIRECTORY / f"server/repo/{version}.root.json").read_bytes()
                      for version in (1, 2)})
archive("root-keys.tgz", {f"tufrepo/keys/{name}{end}": canonical(key.object(half))
                          for name, key in (("first-root", first), (f"fioctl-root-{second.keyid}", second))
                          for end, half in ((".sec", "private"), (".pub", "public"))})
write("keys/targets.sec", canonical(online["targets"].object("private")))
write("keys/snapshot.pem", online["snapshot"].pem(PrivateFormat.PKCS8))
write("keys/timestamp.pem", online["timestamp"].pem(PrivateFormat.PKCS8))
