"""Makes ota-connect-vectors.json with Python's own JSON and cryptography, so that nothing in it comes from the code that is
tested by it.

    pip install cryptography==48.0.0
    python ota-connect-vectors.py > ota-connect-vectors.json

The keys are made anew at every run and sign nothing but these vectors.
"""
import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

EXPIRES = "2038-02-28T23:59:59Z"
# What fioctl signs into a root, and every character that writers of JSON are known to treat differently.
EXTRA = {
    "x-changelog": {"message": "rotate the <root> key & the rest", "polis-id": "5f", "timestamp": "2026-11-24T08:00:00Z"},
    "x-key-owners": {"0" * 64: {"created-at": 1764000000, "polis-id": "5f"}},
    "x-text": "quote \" backslash \\ slash / newline \n tab \t return \r \b \f \x01 \x1f \x7f é ÿ Ā \u2028 \uffff \U0001f511",
    "\U0001f511": [None, True, False, -7, -2**63, 2**64 - 1, {}, []],
    "\uffff": {"b": 1, "a": "", "B": 2, "": 3, "aa": 4},
}

def canonical(value):
    """What jsoncpp writes. Python escapes DEL too, which jsoncpp doesn't; no text here spells that escape out."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.replace("\\u007f", "\x7f").encode()

def public(key, encoding):
    return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)

def sign(key, message):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

def method(key):
    return "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "rsassa-pss-sha256"

def keyid(key):
    return hashlib.sha256(public(key, serialization.Encoding.DER)).hexdigest()

def as_json(key):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"keytype": "ED25519", "keyval": {"public": raw.hex()}}
    return {"keytype": "RSA", "keyval": {"public": public(key, serialization.Encoding.PEM).decode()}}

def vector(kind, key):
    return {
        "type": kind,
        "private": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
        "spki": public(key, serialization.Encoding.DER).hex(),
        "json": as_json(key),
        "keyid": keyid(key),
        "method": method(key),
        "message": "a message",
        "signature": base64.b64encode(sign(key, b"a message")).decode(),
    }

made = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "rsa-2048": rsa.generate_private_key(65537, 2048),
    "rsa-3072": rsa.generate_private_key(65537, 3072),
    "rsa-4096": rsa.generate_private_key(65537, 4096),
}

def envelope(signed):
    body = canonical(signed)
    signatures = [{"keyid": keyid(key), "method": method(key), "sig": base64.b64encode(sign(key, body)).decode()}
                  for key in made.values()]
    signatures.sort(key=lambda signature: signature["keyid"])
    return {"signatures": signatures, "signed": signed}

def metadata(signed):
    signed = {"expires": EXPIRES, **signed, **EXTRA}
    whole = envelope(signed)
    return {
        "file": canonical(whole).decode(),
        "canonical": canonical(signed).hex(),
        "sha256": hashlib.sha256(canonical(whole)).hexdigest(),
        "pretty": json.dumps(whole, indent=2, ensure_ascii=False),
    }

def meta(file, version):
    return {"hashes": {"sha256": hashlib.sha256(file).hexdigest()}, "length": len(file), "version": version, "x": [3]}

keyids = [keyid(key) for key in made.values()]
role = {"keyids": keyids, "threshold": 2, "x": 1}
root = metadata({
    "_type": "Root", "version": 3, "consistent_snapshot": False,
    "keys": {keyid(key): {**as_json(key), "x-name": "alice"} for key in made.values()},
    "roles": {name: role for name in ("root", "snapshot", "targets", "timestamp")},
})
targets = metadata({
    "_type": "Targets", "version": 7,
    "targets": {
        "intel-corei7-64-lmp-764": {
            "custom": {
                "createdAt": "2026-11-24T08:00:00Z", "updatedAt": "2026-11-24T08:00:00Z", "name": "intel-corei7-64-lmp",
                "version": "764", "hardwareIds": ["intel-corei7-64"], "tags": ["main"], "targetFormat": "OSTREE", "uri": None,
                "docker_compose_apps": {"shop": {"uri": "hub.example.com/acme/shop@sha256:" + "ab" * 32}},
            },
            "hashes": {"sha256": "ab" * 32, "sha512": "cd" * 64}, "length": 0, "x": 1},
        "a/b": {"hashes": {"sha256": "00" * 32}, "length": 5},
    },
    "delegations": {
        "keys": {keyids[0]: as_json(made["ed25519"])},
        "roles": [{"name": "r", "keyids": keyids[:1], "threshold": 1, "terminating": True, "paths": ["a/*"], "x": {}}],
    },
})
snapshot = metadata({"_type": "Snapshot", "version": 9,
                     "meta": {"targets.json": meta(targets["file"].encode(), 7), "root.json": {"version": 3}}})
timestamp = metadata({"_type": "Timestamp", "version": 12,
                      "meta": {"snapshot.json": meta(snapshot["file"].encode(), 9)}})

print(json.dumps({
    "keys": [vector(kind, key) for kind, key in made.items()],
    "metadata": {"root": root, "targets": targets, "snapshot": snapshot, "timestamp": timestamp},
}, indent=1))
