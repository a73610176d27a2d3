"""Whether everything that was ever stored for a Factory has one history, as if one process had written it.

    history.py WATCH FACTORY     WATCH is what `kubectl get configmaps -w --output-watch-events -o json` printed

Each name but the timestamp's stands for one content for ever; the timestamp's versions grow by one, each with one content.
"""

import base64
import hashlib
import json
import sys

watch, factory = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2]
decoder, contents, timestamps, at = json.JSONDecoder(), {}, [], 0
while at < len(watch):
    event, at = decoder.raw_decode(watch, at)
    while at < len(watch) and watch[at].isspace():
        at += 1
    if event["type"] not in ("ADDED", "MODIFIED"):
        continue
    name, files = event["object"]["metadata"]["name"], event["object"].get("binaryData", {})
    content = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    if name != f"{factory}-timestamp":
        if contents.setdefault(name, content) != content:
            sys.exit(f"{name} has had two contents")
    elif "timestamp.json" in files:
        file = base64.b64decode(files["timestamp.json"])
        timestamps.append((json.loads(file)["signed"]["version"], hashlib.sha256(file).hexdigest()))

if not timestamps:
    sys.exit(f"{factory} has published nothing")
for (before, one), (after, other) in zip(timestamps, timestamps[1:]):
    if after not in (before, before + 1):
        sys.exit(f"timestamp {before} was followed by {after}")
    if after == before and one != other:
        sys.exit(f"timestamp {after} has had two contents")
print(f"timestamp {timestamps[0][0]} to {timestamps[-1][0]} in one line, {len(contents)} other objects with one content each")
