# Debian systems in directories, to try things in as on a fresh machine; sourced after lib.sh. As root.
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

# The mirror for Debian itself, not for security updates or other people's packages.
mirror() {
    apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's|/* Debian$||p' | head -n 1
}

# make_root ROOT SUITE LOG: a minimal system, anew
make_root() {
    command -v debootstrap >/dev/null || "$top/tools/setup-machine" matrix || exit 1
    from=$(mirror)
    echo "$me: making $1 from ${from:=http://deb.debian.org/debian} ..."
    rm -rf "$1"
    quietly "$3" debootstrap --variant=minbase "$2" "$1" "$from" || exit 1
    # no service may start in there
    printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
    printf '127.0.0.1 localhost\n::1 localhost\n' > "$1/etc/hosts"
}

# inside ROOT LOG COMMAND...: run it in there, in a process and mount space of its own; LOG - is our output
inside() {
    in=$1 to=$2; shift 2
    # names are resolved as on this machine
    cp /etc/resolv.conf "$in/etc/resolv.conf"
    set -- unshare --mount --pid --fork --kill-child sh -c '
        mount -t proc proc "$0/proc" && mkdir -p "$0/dev/shm" "$0/dev/pts" && mount -t tmpfs shm "$0/dev/shm" &&
            mount -t devpts -o newinstance,ptmxmode=0666 pts "$0/dev/pts" || exit 1
        exec chroot "$0" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
            LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive BUILD=/build WINE=/usr/bin/wine "$@"' "$in" "$@"
    if [ "$to" != - ]; then quietly "$to" "$@" 9>&-; return; fi
    # unshare itself holds back the polite signals; with its end everything in there ends
    "$@" 9>&- &
    child=$!
    trap 'kill -KILL $child; wait $child; exit 1' INT TERM HUP
    wait $child
}

# copy_tree ROOT: our sources into its /src, without what was built
copy_tree() {
    rm -rf "$1/src"
    mkdir "$1/src"
    (cd "$top" && tar --exclude='./build*' --exclude=./.git --exclude=./autom4te.cache --exclude=__pycache__ -cf - .) |
        tar -C "$1/src" -xf - || exit 1
}
