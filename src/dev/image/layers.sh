#!/usr/bin/env bash
# Lays out target/image, the image's own layers: a JRE, the operator, and kubectl-factory with a launcher that needs no shell.
# Run by Maven's profile `image`, in package.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
java_home=$1 version=$2 revision=$3
out=target/image
home=opt/factory-trust
rm -rf "$out"
mkdir -p "$out/jre/$home" "$out/libraries/$home/operator" "$out/application/$home/"{bin,lib/app,operator}

# What jdeps finds, and what is looked up by name: elliptic curves, DNS, time zones' and encodings' providers, heap dumps.
modules=java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.rmi,java.scripting,java.security.jgss
modules+=,java.security.sasl,java.sql,java.transaction.xa,java.xml,jdk.charsets,jdk.crypto.cryptoki,jdk.jfr,jdk.management
modules+=,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs
"$java_home/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
    --output "$out/jre/$home/jre"

cp -r target/quarkus-app/lib "$out/libraries/$home/operator/"
cp -r target/quarkus-app/{app,quarkus,quarkus-run.jar} "$out/application/$home/operator/"

# jpackage's launcher is a small binary; of the image that it comes in, only that is taken.
launcher=$(mktemp -d)
trap 'rm -rf "$launcher"' EXIT
mkdir "$launcher/in"
cp "target/factory-trust-$version-cli.jar" "$launcher/in/kubectl-factory.jar"
"$java_home/bin/jpackage" --type app-image --name kubectl-factory --input "$launcher/in" --main-jar kubectl-factory.jar \
    --runtime-image "$out/jre/$home/jre" --dest "$launcher/out"
cp "$launcher/out/kubectl-factory/bin/kubectl-factory" "$out/application/$home/bin/"
cp "$launcher/out/kubectl-factory/lib/libapplauncher.so" "$out/application/$home/lib/"
cp "$launcher/in/kubectl-factory.jar" "$out/application/$home/lib/app/"
cat >"$out/application/$home/lib/app/kubectl-factory.cfg" <<EOF
[Application]
app.runtime=/$home/jre
app.mainjar=\$APPDIR/kubectl-factory.jar

[JavaOptions]
java-options=-XX:+UseSerialGC
java-options=-XX:TieredStopAtLevel=1
EOF
# For `make push`: the same label, whatever has been committed meanwhile.
echo "$revision" >"$out/revision"
cp target/bom.json "$out/application/$home/sbom.cdx.json"
