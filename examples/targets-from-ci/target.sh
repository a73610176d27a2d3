#!/bin/sh
# Prints the Target of a build, as YAML for kubectl apply or for Git. What it is told, it is told by the environment:
#   FACTORY        the Factory's name
#   NAME           what is built, such as intel-corei7-64-lmp
#   VERSION        the build's number, such as 764
#   HARDWARE_IDS   the kinds of device that it runs on, parted by spaces
#   FILE           the artifact; or
#   OSTREE_COMMIT  the checksum of an OSTree commit
#   TAGS           the channels that it is for, parted by spaces; optional
#   URI            where devices download FILE, if not from the repository; optional
#   APPS           a file with a line "<app> <image>@sha256:<digest>" for each Compose app; optional
set -euf

refuse() {
    echo "target.sh: $*" >&2
    exit 1
}
# Everything goes between double quotes, so nothing may end them.
quoted() {
    case $1 in
        '' | *[!A-Za-z0-9._+~@=,:/%?\&-]*) refuse "'$1' is empty, or has a character that doesn't belong here" ;;
    esac
    printf '"%s"' "$1"
}
list() {
    all=
    for item in $1; do
        item=$(quoted "$item") || exit 1
        all=${all:+$all, }$item
    done
    printf '[%s]' "$all"
}

: "${FACTORY:?}" "${NAME:?}" "${VERSION:?}" "${HARDWARE_IDS:?}"
if [ -n "${OSTREE_COMMIT:-}" ]; then
    format=OSTREE length=0 sha256=$OSTREE_COMMIT
else
    [ -f "${FILE:?FILE or OSTREE_COMMIT}" ] || refuse "there is no file $FILE"
    format=BINARY length=$(($(wc -c <"$FILE"))) sha256=$(sha256sum <"$FILE" | cut -d' ' -f1)
fi
path=$NAME-$VERSION
object=$(printf %s "$path" | tr 'A-Z_+~@=,' 'a-z------')

# One by one: of several in one line the shell would only mind the last.
object=$(quoted "$object")
path=$(quoted "$path")
factory=$(quoted "$FACTORY")
sha256=$(quoted "$sha256")
name=$(quoted "$NAME")
version=$(quoted "$VERSION")
hardware=$(list "$HARDWARE_IDS")
tags=$(list "${TAGS:-}")
uri=${URI:-}
[ -z "$uri" ] || uri=$(quoted "$uri")
apps=
if [ -n "${APPS:-}" ]; then
    while read -r app image; do
        app=$(quoted "$app")
        image=$(quoted "$image")
        apps="$apps
    $app: {uri: $image}"
    done <"$APPS"
fi

cat <<EOF
apiVersion: factory-trust.dev/v1alpha1
kind: Target
metadata:
  name: $object
spec:
  factory: $factory
  path: $path
  length: $length
  hashes: {sha256: $sha256}
  name: $name
  version: $version
  hardwareIds: $hardware
  targetFormat: $format${TAGS:+
  tags: $tags}${uri:+
  uri: $uri}${apps:+
  composeApps:$apps}
EOF
