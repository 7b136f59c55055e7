#!/bin/sh
# Tries the two commands of the README in a bare Debian 12 where only git and make were added: a debootstrap root under
# FOLDER, removed again unless KEEP=1. Needs root, debootstrap and a network.
#
#     tools/try-bare-root.sh FOLDER [TARGET ...]        (targets: demo demo check)
#
# The root gets this machine's ways out: Debian sources, apt's and the certificates' settings, npm's and Maven's
# settings, and the proxy variables of the environment, where there are any. The clone is of HEAD. Where a folder
# with measured data lies beside the repository, it is bound read-only beside the clone.
set -eu

if [ $# -lt 1 ] || [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
	echo "usage: $0 FOLDER [TARGET ...], as root, with debootstrap" >&2
	exit 2
fi
source=$(cd "$(dirname "$0")/.." && pwd)
root=$1
shift
[ $# -gt 0 ] || set -- demo demo check

mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) bookworm main.*/\2/p' /etc/apt/sources.list |
	head -n 1)

mounted=
# shellcheck disable=SC2317 # called by the trap
leave() {
	for place in $mounted; do umount -l "$place" || true; done
	if [ "${KEEP:-0}" != 1 ]; then rm -rf --one-file-system "$root"; fi
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$root"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
	tail -n 20 "$root.log" >&2
	exit 1
}

# How this machine reaches the network.
for file in /etc/apt/sources.list.d/debian.sources /etc/resolv.conf /etc/hosts; do
	if [ -f "$file" ]; then cp -L "$file" "$root$file"; fi
done
[ ! -f "$root/etc/apt/sources.list.d/debian.sources" ] || : >"$root/etc/apt/sources.list"
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*auth*; do
	if [ -f "$file" ]; then cp -L "$file" "$root$file"; fi
done
for file in .npmrc .m2/settings.xml; do
	if [ -f "$HOME/$file" ]; then
		mkdir -p "$(dirname "$root/root/$file")"
		cp -L "$HOME/$file" "$root/root/$file"
	fi
done
if [ -d /usr/local/share/ca-certificates ]; then
	mkdir -p "$root/usr/local/share"
	cp -RL /usr/local/share/ca-certificates "$root/usr/local/share/"
fi

for place in proc dev dev/shm sys; do
	mkdir -p "$root/$place"
	case $place in
	proc) mount -t proc proc "$root/proc" ;;
	sys) mount -t sysfs -o ro sysfs "$root/sys" ;;
	*) mount --bind "/$place" "$root/$place" ;;
	esac
	mounted="$root/$place $mounted"
done
inside() {
	env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
		http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
		chroot "$root" "$@"
}
inside sh -c 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends git make' \
	>>"$root.log" 2>&1
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
