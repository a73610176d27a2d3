"""Writes a fleet's repository as an old server would have left it: make_fleet.py DIR

DIR/repository   every N.root.json (root went from alice to bob, then was renewed), timestamp, snapshot, targets
DIR/keys         the private online keys, PKCS#8
DIR/root-keys    the private root keys

Of the online keys one has a field that keyids covered once, and one a keyid that no rule explains: both are in the field.
"""

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

DIRECTORY = Path(sys.argv[1])
NOW = datetime.now(timezone.utc).replace(microsecond=0)


def signer(kind, name, private_key):
    path = DIRECTORY / kind / f"{name}.pem"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return CryptoSigner(private_key, SSlibKey.from_crypto(private_key.public_key()))


def renamed(old, keyid, **fields):
    """The same key under another keyid, with more fields."""
    key = old.public_key
    return CryptoSigner(
        old._private_key, SSlibKey(keyid, key.keytype, key.scheme, key.keyval, unrecognized_fields=fields)
    )


def write(name, signed, *signers):
    metadata = Metadata(signed)
    for each in signers:
        metadata.sign(each, append=True)
    path = DIRECTORY / "repository" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(metadata.to_bytes(JSONSerializer(compact=False)))


alice = signer("root-keys", "alice", ed25519.Ed25519PrivateKey.generate())
bob = signer("root-keys", "bob", ec.generate_private_key(ec.SECP256R1()))
targets = signer("keys", "one", rsa.generate_private_key(65537, 2048))
snapshot = renamed(
    signer("keys", "two", ed25519.Ed25519PrivateKey.generate()), "5" * 64, keyid_hash_algorithms=["sha256", "sha512"]
)
timestamp = renamed(signer("keys", "three", ed25519.Ed25519PrivateKey.generate()), "7" * 64)

root = Root(expires=NOW + timedelta(days=100), unrecognized_fields={"x-old-server": "kept"})
for role, each in {"root": alice, "targets": targets, "snapshot": snapshot, "timestamp": timestamp}.items():
    root.add_key(each.public_key, role)
write("1.root.json", root, alice)
root.version = 2
root.revoke_key(alice.public_key.keyid, "root")
root.add_key(bob.public_key, "root")
write("2.root.json", root, alice, bob)
root.version = 3
root.expires = NOW + timedelta(days=200)
write("3.root.json", root, bob)

for version in (16, 17):
    firmware = TargetFile.from_data("firmware.bin", b"firmware %d" % version, ["sha256"])
    firmware.unrecognized_fields["custom"] = {"release": version, "channel": "stable"}
    write(
        f"{version}.targets.json",
        Targets(version, expires=NOW + timedelta(days=60), targets={"firmware.bin": firmware},
                unrecognized_fields={"x-old-server": {"build": 4711}}),
        targets,
    )
    write(
        f"{version + 20}.snapshot.json",
        Snapshot(version + 20, expires=NOW + timedelta(days=7), meta={"targets.json": MetaFile(version)}),
        snapshot,
    )
write(
    "timestamp.json",
    Timestamp(1041, expires=NOW + timedelta(days=1), snapshot_meta=MetaFile(37)),
    timestamp,
)
