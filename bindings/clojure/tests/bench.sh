#!/bin/sh
# Measures loads and calls over JNA, `bench.sh ffm` over FFM, beside JNA's own interface mapping.
here=$(cd "$(dirname "$0")" && pwd)
NLIB_TABLE_MAIN=bench exec "$here/table.sh" "$@"
