#!/bin/sh
# Tries the two commands of the README in a bare Debian 12 where only git and make were added: a debootstrap root under
# FOLDER, removed again unless KEEP=1. Needs root, debootstrap and a network.
#
#     tools/try-bare-root.sh FOLDER [TARGET ...]        (targets: demo demo check)
#
# The clone is of HEAD. Where a folder with measured data lies beside the repository, it is bound read-only beside the
# clone.
set -eu

if [ $# -lt 1 ] || [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
	echo "usage: $0 FOLDER [TARGET ...], as root, with debootstrap" >&2
	exit 2
fi
source=$(cd "$(dirname "$0")/.." && pwd)
root=$1
shift
[ $# -gt 0 ] || set -- demo demo check

# shellcheck source=tools/bare-root.inc
. "$source/tools/bare-root.inc"
add_packages git make
git clone -q "$source" "$root/work/powerreport"
if [ -d "${POWERREPORT_SHARED:-$source/../shared}" ]; then
	mkdir -p "$root/work/shared"
	mount --bind -o ro "${POWERREPORT_SHARED:-$source/../shared}" "$root/work/shared"
	mounted="$root/work/shared $mounted"
fi

result=0
for target in "$@"; do
	started=$(date +%s)
	echo "=== make $target"
	inside make -C /work/powerreport "$target" || result=$?
	echo "=== make $target: exit code $result after $(($(date +%s) - started)) s"
	[ "$result" -eq 0 ] || break
done
inside sh -c 'cd /work/powerreport && git status --short && du -sh build out 2>/dev/null' || true
exit "$result"
