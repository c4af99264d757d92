# What the tests of tools/winebits-setup share; sourced.  The prefix they are about is $prefix, of the bitness in $arch.
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
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
headless_wine
build_all && stage || exit 1
setup=$top/tools/winebits-setup
system32=$prefix/drive_c/windows/system32
output=${WINEPREFIX_BASE:-$prefix}/output
WINEPREFIX=$prefix
export WINEPREFIX

passed=0 failed=0 skipped=0
pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); echo "setup: failed: $*"; sed 's/^/    /' "$output"; }
skip() { skipped=$((skipped + 1)); echo "setup: skipped: $*"; }

# expect CODE TEXT COMMAND...: the exit code, and a text that the output holds
expect() {
    code=$1 text=$2; shift 2
    "$@" </dev/null >"$output" 2>&1
    got=$?
    if [ $got != "$code" ]; then fail "$*: ended with $got, not $code"
    elif ! grep -qF -- "$text" "$output"; then fail "$*: does not say \"$text\""
    else pass; fi
}
# holds COMMAND...: it succeeds
holds() { if "$@" >"$output" 2>&1; then pass; else fail "$* (check $((passed + failed + skipped + 1)))"; fi; }
holds_not() { if "$@" >"$output" 2>&1; then fail "not $*"; else pass; fi; }

is_ours() { cmp -s "$system32/qmgr.dll" "$WINEBITS_LIBDIR/$arch-windows/qmgr.dll"; }
is_wines() { [ "$(dd if="$system32/qmgr.dll" bs=1 skip=64 count=16 2>/dev/null)" = "Wine builtin DLL" ]; }
# our service answers: Wine's own has no BackgroundCopyManager4_0
answers() { "$WINE" "$BUILD/$1/tests/clients/winebits_client.exe" calls 25; }
# Each in a session of its own: a service that runs already would hide a class that only one bitness knows.
answers_all() {
    wineserver -k
    if [ "$arch" = i386 ] || [ -f "$prefix/drive_c/windows/syswow64/kernel32.dll" ]; then holds answers i386; else skip "32-bit client: no 32-bit Wine"; fi
    wineserver -k
    [ "$arch" = i386 ] || holds answers x86_64
}
# in_registry TEXT: in the files, which Wine writes at its end; a session of Wine 8 does not always end by itself
in_registry() { wineserver -k; grep -qi -- "$1" "$prefix/system.reg" "$prefix/user.reg"; }

# the last line for runtests
end() {
    end_wine "$prefix"
    echo "setup: $passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
    exit
}
