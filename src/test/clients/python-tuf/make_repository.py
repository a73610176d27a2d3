"""Writes a small signed repository, for the tests of the device drivers themselves: make_repository.py DIR"""

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

DIRECTORY = Path(sys.argv[1])
EXPIRES = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=1)
SIGNERS = {role: CryptoSigner.generate_ed25519() for role in ("root", "targets", "snapshot", "timestamp")}


def write(name, signed):
    metadata = Metadata(signed)
    metadata.sign(SIGNERS[signed.type])
    (DIRECTORY / name).write_bytes(metadata.to_bytes(JSONSerializer()))


root = Root(expires=EXPIRES, consistent_snapshot=True)
for role, signer in SIGNERS.items():
    root.add_key(signer.public_key, role)
write("1.root.json", root)
root.version = 2
write("2.root.json", root)

artifact = TargetFile.from_data("firmware.bin", b"firmware", ["sha256"])
write("1.targets.json", Targets(expires=EXPIRES, targets={"firmware.bin": artifact}))
write("1.snapshot.json", Snapshot(expires=EXPIRES, meta={"targets.json": MetaFile(1)}))
write("timestamp.json", Timestamp(expires=EXPIRES, snapshot_meta=MetaFile(1)))
