#!/usr/bin/env bash
# Prints the home of a JDK that can build this project, whichever `java` comes first on the PATH.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
needed=$(sed -n 's:.*<maven.compiler.release>\([0-9]*\)<.*:\1:p' "$root/pom.xml")

# A JDK, not a JRE, whose `release` file names a version that is new enough.
suits() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    local version
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release")
    [ -n "$version" ] && [ "$version" -ge "$needed" ]
}

candidates=()
[ -z "${JAVA_HOME:-}" ] || candidates+=("$JAVA_HOME")
if javac=$(command -v javac); then
    candidates+=("$(dirname "$(dirname "$(readlink -f "$javac")")")")
fi
shopt -s nullglob
candidates+=(
    /usr/lib/jvm/*                                                # Debian, Fedora
    /usr/java/* /opt/java/* /opt/jdk*                             # by hand
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*             # SDKMAN, IntelliJ
    /Library/Java/JavaVirtualMachines/*/Contents/Home             # macOS
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home  # Homebrew
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
)

for candidate in "${candidates[@]}"; do
    if suits "$candidate"; then
        echo "$candidate"
        exit
    fi
done

cat >&2 <<EOF
No JDK $needed or newer was found: not in JAVA_HOME, not on the PATH, not in the usual folders. Install one:
  Debian, Ubuntu   apt-get install openjdk-$needed-jdk-headless
                   (older releases: package temurin-$needed-jdk from https://adoptium.net/installation/linux)
  Fedora           dnf install java-$needed-openjdk-devel
  macOS            brew install openjdk@$needed
  anywhere         sdk install java $needed-tem    (https://sdkman.io)
or set JAVA_HOME to one that is somewhere else.
EOF
exit 1
