# lib.sh: what the scripts in this directory share; each sets $top (the source tree) and reads it.
#
# Copyright 2026 The winebits authors
#
# This library is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# This library is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.

me=${0##*/}
BUILD=${BUILD:-$top/build}
WINE=${WINE:-wine}
export BUILD WINE

die() { echo "$me: $*" >&2; exit 1; }

# quietly LOG COMMAND...: run it with its output in LOG, which is shown if the command fails
quietly() {
    log=$1; shift
    "$@" </dev/null >"$log" 2>&1 && return
    code=$?
    echo "$me: failed ($code): $*" >&2
    cat "$log" >&2
    return $code
}

# Wine without a display, a debugger, or questions about Mono and Gecko.
headless_wine() {
    unset DISPLAY WAYLAND_DISPLAY
    export WINEDEBUG="${WINEDEBUG--all}" WINEDLLOVERRIDES="mscoree,mshtml=;winedbg.exe=d"
}

# end_wine PREFIX: end every process of that prefix and wait for it
end_wine() {
    [ -f "$1/system.reg" ] || [ -d "$1/dosdevices" ] || return 0
    WINEPREFIX=$1 wineserver -k >/dev/null 2>&1
    WINEPREFIX=$1 wineserver -w >/dev/null 2>&1
    return 0
}

# build_all [TARGET...]: configure if need be and make "all" and the targets; says nothing unless it fails
build_all() {
    mkdir -p "$BUILD" || die "$BUILD: cannot be made"
    if [ ! -f "$BUILD/Makefile" ]; then
        (cd "$BUILD" && quietly "$BUILD/configure.log" "$top/configure") || return 1
    fi
    # a caller that is itself a make has its own job server
    MAKEFLAGS= MAKELEVEL= quietly "$BUILD/make.log" make -s -C "$BUILD" -j"$(nproc)" all "$@"
}

# stage: install the build into $BUILD/stage unless that is done, and point winebits-setup at it
stage() {
    marker=$BUILD/stage/installed
    if [ ! -f "$marker" ] || [ -n "$(find "$BUILD" \( -path "$BUILD/stage" -o -path "$BUILD/prefix-*" -o -path "$BUILD/sanitized" \) -prune \
            -o \( -name '*.dll' -o -name '*.exe' -o -name winebits-agent \) -newer "$marker" -print -quit)" ]; then
        rm -rf "$BUILD/stage"
        MAKEFLAGS= MAKELEVEL= quietly "$BUILD/stage.log" make -s -C "$BUILD" install DESTDIR="$BUILD/stage" \
            prefix=/ exec_prefix= bindir=/bin libdir=/lib || return 1
        touch "$marker"
    fi
    WINEBITS_LIBDIR=$BUILD/stage/lib/winebits
    export WINEBITS_LIBDIR
}

# free_port: a TCP port of 127.0.0.1 that nobody uses now
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_nginx DIRECTORY PORT [TLSPORT CERTIFICATE KEY]: serve DIRECTORY/files on 127.0.0.1, https with TLS 1.3 only.
# NGINX_SERVER, if set, holds more directives for the plain server.
# Everything nginx writes stays in DIRECTORY; returns when it answers, with its process id in $nginx_pid.
start_nginx() {
    dir=$1 port=$2
    mkdir -p "$dir/files" "$dir/temp" || return 1
    {
        echo "daemon off; master_process off; worker_processes 1; pid $dir/nginx.pid; error_log $dir/error.log;"
        echo "events { worker_connections 256; }"
        echo "http { access_log $dir/access.log; sendfile on; default_type application/octet-stream;"
        for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $dir/temp;"; done
        echo "server { listen 127.0.0.1:$port; root $dir/files; ${NGINX_SERVER-} }"
        if [ -n "${3-}" ]; then
            echo "server { listen 127.0.0.1:$3 ssl; ssl_certificate $4; ssl_certificate_key $5; ssl_protocols TLSv1.3; root $dir/files; }"
        fi
        echo "}"
    } > "$dir/nginx.conf"
    nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || die "nginx is not installed"
    "$nginx" -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf" </dev/null >/dev/null 2>&1 &
    nginx_pid=$!
    if curl -s -o /dev/null --retry 50 --retry-connrefused --retry-delay 0 --retry-max-time 10 "http://127.0.0.1:$port/"; then return 0; fi
    cat "$dir/error.log" >&2
    die "nginx did not start"
}
