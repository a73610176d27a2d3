"""Compares two images, as `docker save` writes them, and names each file that differs, in jars too. Exits with 1 if any does, save
for one: generated-bytecode.jar may have another order, for Quarkus writes its instructions as its build steps happen to end."""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

UNORDERED = "opt/factory-trust/operator/quarkus/generated-bytecode.jar"


def layers(path):
    """The image's layers in their order, each as {name of a file: its metadata and bytes}; last the image's configuration."""
    with tarfile.open(path) as image:
        manifest = json.load(image.extractfile("manifest.json"))[0]
        for name in manifest["Layers"]:
            with tarfile.open(fileobj=io.BytesIO(image.extractfile(name).read())) as layer:
                yield {
                    member.name: (
                        (oct(member.mode), member.uid, member.gid, member.mtime, member.type, member.linkname),
                        layer.extractfile(member).read() if member.isfile() else b"",
                    )
                    for member in layer
                }
        configuration = json.load(image.extractfile(manifest["Config"]))
        # The layers' digests; their files are compared.
        del configuration["rootfs"]
        yield {"configuration": ((), json.dumps(configuration).encode())}


def entries(jar):
    """The entries of a jar in their order, as {name: its metadata and bytes}."""
    with zipfile.ZipFile(io.BytesIO(jar)) as archive:
        return {
            entry.filename: ((entry.date_time, oct(entry.external_attr), entry.extra), archive.read(entry))
            for entry in archive.infolist()
        }


def named(one, another):
    """What differs between two {name: (metadata, bytes)}: names, with the metadata where those do."""
    for name in sorted({*one, *another}):
        left, right = one.get(name), another.get(name)
        if left == right:
            continue
        if not left or not right:
            yield name, f"{name} is only in {'one' if left else 'the other'}"
        else:
            yield name, name + (f": {left[0]} and {right[0]}" if left[0] != right[0] else "")


def code(jar):
    """All instructions of a jar's classes, without their order and their numbers in it."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(io.BytesIO(jar)) as archive:
            classes = sorted(name for name in archive.namelist() if name.endswith(".class"))
            archive.extractall(folder, classes)
        javap = [os.path.join(os.environ["JAVA_HOME"], "bin", "javap"), "-c", "-p", *classes]
        text = subprocess.run(javap, cwd=folder, capture_output=True, text=True, check=True).stdout
    text = re.sub(r"^ +\d+: ", "", text, flags=re.MULTILINE)
    return sorted(re.sub(r"#\d+|(?<=proxykey)\d+|(?<=configClass\$)\d+", "#", text).splitlines())


def differences(one, another):
    """Yields (whether it is harmless, what differs)."""
    first, second = list(layers(one)), list(layers(another))
    if len(first) != len(second):
        yield False, f"{len(first)} and {len(second)} layers"
    for number, (left, right) in enumerate(zip(first, second)):
        if list(left) != list(right):
            yield False, f"layer {number}: other files, or in another order"
        for name, said in named(left, right):
            files = left.get(name), right.get(name)
            if name == UNORDERED and all(files) and code(files[0][1]) == code(files[1][1]):
                yield True, f"layer {number}: {said}: the same instructions in another order"
                continue
            yield False, f"layer {number}: {said}"
            if name.endswith(".jar") and all(files):
                for _, inside in named(*(entries(file[1]) for file in files)):
                    yield False, f"    {inside}"


found = list(differences(*sys.argv[1:]))
for _, said in found:
    print(said)
if not found and len({open(path, "rb").read() for path in sys.argv[1:]}) != 1:
    sys.exit("no file differs, but the archive does")
sys.exit(not all(harmless for harmless, _ in found))
