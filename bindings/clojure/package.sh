#!/bin/sh
# Makes target/nlib.jar, the package, where a source is newer, with the Java, Clojure and JNA of the system.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
jars=${NLIB_CLOJURE_JARS:-/usr/share/java}
mkdir -p "$here/target"
cd "$here"
# One at a time.
exec 9> target/lock
flock 9
if [ -e target/nlib.jar ] && [ -z "$(find src package.clj package.sh -newer target/nlib.jar)" ]; then
    exit 0
fi
work=$(mktemp -d target/work.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir "$work/classes"
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 \
    -cp "$jars/clojure.jar:$jars/spec.alpha.jar:$jars/core.specs.alpha.jar:$jars/jna.jar:src:$work/classes" \
    clojure.main package.clj "$work/classes" "$work/nlib.jar"
mv "$work/nlib.jar" target/nlib.jar
