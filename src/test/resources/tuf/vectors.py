"""Makes vectors.json with python-tuf, so that nothing in it comes from the code that is tested by it.

    pip install tuf==7.0.1 'securesystemslib[crypto]==1.6.0'
    python vectors.py > vectors.json

The keys are made anew at every run and sign nothing but these vectors.
"""
import json
from datetime import datetime, timezone

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner, SSlibKey
from securesystemslib.signer._utils import compute_default_keyid
from tuf.api.metadata import (
    DelegatedRole, Delegations, Metadata, MetaFile, Role, Root, Snapshot, SuccinctRoles, TargetFile, Targets, Timestamp)

EXPIRES = datetime(2038, 2, 28, 23, 59, 59, tzinfo=timezone.utc)
EXTRA = {"x-text": "quote \" backslash \\ newline \n tab \t é \uffff \U0001f511", "\U0001f511": [None, True, -7, 2**70], "\uffff": {}}

def private(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()

def public(key, encoding):
    return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)

made = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ecdsa-p256": ec.generate_private_key(ec.SECP256R1()),
    "rsa-2048": rsa.generate_private_key(65537, 2048),
    "rsa-3072": rsa.generate_private_key(65537, 3072),
    "rsa-4096": rsa.generate_private_key(65537, 4096),
}
keys, signers, sslib = [], [], []
for kind, key in made.items():
    signer = CryptoSigner(key)
    # securesystemslib writes PEM without its last newline, and adds nothing: the form here is the one that our own keys have.
    if kind != "ed25519":
        value = public(key, serialization.Encoding.PEM).decode()
        probe = SSlibKey("", signer.public_key.keytype, signer.public_key.scheme, {"public": value})
        probe.keyid = compute_default_keyid(probe.keytype, probe.scheme, probe.keyval)
        signer = CryptoSigner(key, probe)
    signers.append(signer)
    sslib.append(signer.public_key)
    keys.append({
        "type": kind,
        "private": private(key),
        "spki": public(key, serialization.Encoding.DER).hex(),
        "json": signer.public_key.to_dict(),
        "keyid": signer.public_key.keyid,
        "message": "a message",
        "signature": signer.sign(b"a message").signature,
    })

def metadata(signed):
    signed.spec_version = "1.0.34"
    signed.unrecognized_fields = dict(EXTRA)
    envelope = Metadata(signed)
    for signer in signers:
        envelope.sign(signer, append=True)
    return {"file": json.dumps(envelope.to_dict(), ensure_ascii=True),
            "canonical": encode_canonical(signed.to_dict()).encode().hex()}

root = Root(version=3, expires=EXPIRES, consistent_snapshot=True)
for key in sslib:
    for role in ("root", "timestamp", "snapshot", "targets"):
        root.add_key(key, role)
for role in root.roles.values():
    role.threshold = 2
    role.unrecognized_fields = {"x": 1}
root.keys[sslib[0].keyid].unrecognized_fields = {"x-name": "alice"}
vendor = SSlibKey("5" * 64, "ml-dsa-44", "ml-dsa-44/1", {"public": "00"}, {"x": [1]})
root.keys[vendor.keyid] = vendor

patterns = ["*.img", "a/*/c", "a/?/c", "**", "exact", "x/*y*/z", "*-*-*", "a*b/c", "q?r", "*"]
roles = {f"r{i}": DelegatedRole(f"r{i}", [sslib[0].keyid], 1, i == 3, paths=[p]) for i, p in enumerate(patterns)}
roles["prefixes"] = DelegatedRole("prefixes", [sslib[1].keyid], 1, False, path_hash_prefixes=[f"{i:x}" for i in range(0, 16, 2)],
                                  unrecognized_fields={"x": {"y": "z"}})
listed = Delegations({k.keyid: k for k in sslib[:2]}, roles)
bins = Delegations({sslib[0].keyid: sslib[0]}, None, SuccinctRoles([sslib[0].keyid], 1, 5, "bin"), {"x": 1})

file = TargetFile(7, {"sha256": "ab" * 32, "sha512": "cd" * 64}, "p",
                  {"custom": {"deep": [{"é": "x"}], "n": -1}, "x": 1})
targets = Targets(version=7, expires=EXPIRES, targets={"p": file, "a/b": TargetFile(0, {"sha256": "00" * 32}, "a/b")})
targets.delegations = listed
meta = {"targets.json": MetaFile(7, 10, {"sha256": "ab" * 32}, {"x": 2}), "r0.json": MetaFile(1)}
snapshot = MetaFile(9, 11, {"sha512": "cd" * 64}, {"x": [3]})
with_bins = Targets(version=1, expires=EXPIRES, targets={})
with_bins.delegations = bins

print(json.dumps({
    "keys": keys,
    "metadata": {
        "root": metadata(root),
        "targets": metadata(targets),
        "targets-with-bins": metadata(with_bins),
        "snapshot": metadata(Snapshot(9, expires=EXPIRES, meta=meta)),
        "timestamp": metadata(Timestamp(12, expires=EXPIRES, snapshot_meta=snapshot)),
    },
}, indent=1))
