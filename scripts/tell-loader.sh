#!/usr/bin/env bash
# Has programs find the libnlib.so.1 in a folder, or says what does: scripts/tell-loader.sh FOLDER
#
# The system's loader looks where its configuration says, once ldconfig has listed what is there. Asked what
# it would list, ldconfig changes nothing.
set -euo pipefail

folder=$(realpath "${1:?usage: scripts/tell-loader.sh FOLDER}")
PATH=$PATH:/usr/sbin:/sbin
configured=$(ldconfig -v -N -X 2>/dev/null | sed -n 's,^\(/[^:]*\):.*,\1,p' | xargs -r -d '\n' realpath -q) || true
if ! grep -xF "$folder" <<<"$configured" >/dev/null; then
    echo "programs find libnlib.so.1 with -Wl,-rpath,$folder when they are linked, or with" \
        "LD_LIBRARY_PATH=$folder when they run"
elif [ "$(id -u)" != 0 ] || ! ldconfig; then
    echo "run \`ldconfig\` as root, so that programs find $folder/libnlib.so.1"
fi
