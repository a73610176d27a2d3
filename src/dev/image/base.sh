#!/usr/bin/env bash
# Prints a file with a base image to build on, which needs no registry: what a JVM needs of this machine's Debian release, and
# nothing else. No shell, no package manager, nobody but nonroot.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
out=$root/target/base-image.tar
packages=(base-files libc6 libgcc-s1)

say() { echo "base image: $*" >&2; }
command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null || { say "needs Debian's dpkg-deb and apt-get; elsewhere name any image with glibc: make image BASE=…"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs" "$work/rootfs" "$work/image" "$root/target"
chmod 755 "$work/debs" "$work"
(cd "$work/debs" && apt-get download -q "${packages[@]}" >&2)

cd "$work/rootfs"
for package in "${packages[@]}"; do
    deb=$(echo "$work/debs/${package}"_*.deb)
    dpkg-deb -x "$deb" .
    # Where image scanners look for what is installed.
    mkdir -p var/lib/dpkg/status.d
    dpkg-deb -f "$deb" >"var/lib/dpkg/status.d/$package"
    say "$package $(dpkg-deb -f "$deb" Version)"
done
rm -rf usr/share/doc usr/share/lintian usr/share/info usr/share/man
echo 'nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin' >etc/passwd
echo 'nonroot:x:65532:' >etc/group
echo 'hosts: files dns' >etc/nsswitch.conf
mkdir -p tmp
chmod 1777 tmp

# As `docker save` writes it; the same files give the same bytes.
case $(dpkg --print-architecture) in amd64) arch=amd64 ;; arm64) arch=arm64 ;; *) say "unknown architecture"; exit 1 ;; esac
tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -cf "$work/image/layer.tar" .
layer=$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)
printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:01Z","config":{"Env":["PATH=/usr/local/bin:/usr/bin:/bin"],"User":"65532:65532"},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"1970-01-01T00:00:01Z","created_by":"src/dev/image/base.sh"}]}' \
    "$arch" "$layer" >"$work/image/config.json"
printf '[{"Config":"config.json","RepoTags":["factory-trust-base:local"],"Layers":["layer.tar"]}]' >"$work/image/manifest.json"
tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -C "$work/image" -cf "$out" manifest.json config.json layer.tar
say "$(du -h "$out" | cut -f1)"
echo "$out"
