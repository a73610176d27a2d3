"""A device that runs python-tuf.

    device.py init DIR ROOT_JSON
    device.py update DIR METADATA_URL [--target PATH] [--time RFC3339]
    device.py serve                      commands as JSON lines on stdin, answers on stdout

An update prints {"root", "timestamp", "snapshot", "targets": versions, "paths": [...]} and exits 0; a refusal prints
{"refused": kind, "message": ...} and exits 1; anything else is a fault of this driver or its surroundings and exits 2.
"""

import argparse
import json
import sys
import traceback
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import DownloadHTTPError, DownloadLengthMismatchError, RepositoryError
from tuf.ngclient import Updater, UpdaterConfig


def init(directory, root):
    """Trust ROOT_JSON from now on: what a factory flashes into a device."""
    metadata = Path(directory, "metadata")
    metadata.mkdir(parents=True)
    Path(directory, "bootstrap.json").write_bytes(Path(root).read_bytes())
    return {}


def update(directory, url, target=None, time=None):
    updater = Updater(
        metadata_dir=str(Path(directory, "metadata")),
        metadata_base_url=url,
        config=UpdaterConfig(app_user_agent="factory-trust-test"),
        bootstrap=Path(directory, "bootstrap.json").read_bytes(),
    )
    trusted = updater._trusted_set  # no public way to the versions, nor to a clock
    if time:
        trusted.reference_time = datetime.fromisoformat(time.replace("Z", "+00:00"))
    updater.refresh()
    result = {role: getattr(trusted, role).version for role in ("root", "timestamp", "snapshot", "targets")}
    result["paths"] = sorted(trusted.targets.targets)
    if target:
        found = updater.get_targetinfo(target)
        result["target"] = found and {"length": found.length, "hashes": found.hashes}
    return result


def answer(command, arguments):
    """The exit code and the JSON line of one command."""
    try:
        return 0, {"init": init, "update": update}[command](**arguments)
    except (RepositoryError, DownloadHTTPError, DownloadLengthMismatchError) as e:
        return 1, {"refused": type(e).__name__, "message": str(e)}
    except Exception:
        return 2, {"failed": traceback.format_exc(chain=False)}


def serve():
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answer(request.pop("command"), request)[1]), flush=True)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve")
    init_parser = commands.add_parser("init")
    init_parser.add_argument("directory")
    init_parser.add_argument("root")
    update_parser = commands.add_parser("update")
    update_parser.add_argument("directory")
    update_parser.add_argument("url")
    update_parser.add_argument("--target")
    update_parser.add_argument("--time")
    arguments = vars(parser.parse_args())
    command = arguments.pop("command")
    if command == "serve":
        return serve()
    code, result = answer(command, arguments)
    print(json.dumps(result))
    return code


if __name__ == "__main__":
    sys.exit(main())
