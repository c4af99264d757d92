# A prefix of our own and a server to fetch from; sourced.
AUTOPKGTEST_TMP=${AUTOPKGTEST_TMP:-$(mktemp -d)}
export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=;winedbg.exe=d'
unset DISPLAY WAYLAND_DISPLAY
HOME=$AUTOPKGTEST_TMP
export HOME

end() {
    [ -z "${WINEPREFIX-}" ] || wineserver -k || true
    [ -z "${server-}" ] || kill "$server"
}
trap end EXIT

# new_prefix DIRECTORY
new_prefix() {
    WINEPREFIX=$1
    export WINEPREFIX
    wineboot -i
    wineserver -w
}

# transfer [BITSADMIN]: a file comes through bitsadmin as it is on the server
transfer() {
    mkdir -p "$AUTOPKGTEST_TMP/files"
    head -c 3000000 /dev/urandom > "$AUTOPKGTEST_TMP/files/a"
    : > "$AUTOPKGTEST_TMP/server.log"
    python3 -u -m http.server --bind 127.0.0.1 --directory "$AUTOPKGTEST_TMP/files" 0 > "$AUTOPKGTEST_TMP/server.log" 2>&1 &
    server=$!
    port=
    while [ -z "$port" ]; do
        kill -0 "$server"
        port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$AUTOPKGTEST_TMP/server.log")
    done
    rm -f "$WINEPREFIX/drive_c/got"
    wine "${1:-bitsadmin}" /transfer check /priority foreground "http://127.0.0.1:$port/a" 'C:\got'
    cmp "$AUTOPKGTEST_TMP/files/a" "$WINEPREFIX/drive_c/got"
    echo "the file is right"
}
