#!/bin/sh
# Tries the Debian package in a bare Debian 12 under FOLDER: it is installed with what it depends on alone, makes a
# report as its own account, is upgraded (changed settings stay), removed (reports stay) and purged (settings go).
# Needs root, debootstrap, python3 and a network; the folder is removed again unless KEEP=1.
#
#     tools/try-deb.sh PACKAGE FOLDER
set -eu

if [ $# -ne 2 ] || [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
	echo "usage: $0 PACKAGE FOLDER, as root, with debootstrap" >&2
	exit 2
fi
source=$(cd "$(dirname "$0")/.." && pwd)
package=$(realpath "$1")
root=$2

# shellcheck source=tools/bare-root.inc
. "$source/tools/bare-root.inc"

expect()
{
	"$@" || { echo "try-deb: expected: $*" >&2 && exit 1; }
}
as_its_account()
{
	inside su -s /bin/sh powerreport -c "cd /var/lib/powerreport && umask 027 && $1"
}

mkdir -p "$root/work"
cp "$package" "$root/work/first.deb"
# The same package in a later version, whose settings differ.
later=$(mktemp -d)
dpkg-deb -R "$package" "$later"
sed -i 's/^Version: .*/&+later/' "$later/DEBIAN/control"
echo '# of the later version' >>"$later/etc/powerreport/report.ini"
dpkg-deb --root-owner-group -Znone --build "$later" "$root/work/later.deb" >/dev/null
rm -r "$later"

echo "=== install"
add_packages /work/first.deb
expect inside powerreport --version
expect test "$(stat -c '%U %a' "$root/etc/powerreport/environment")" = 'root 600'
expect test "$(inside stat -c '%U %G %a' /var/lib/powerreport)" = 'powerreport powerreport 750'

echo "=== a report"
(cd "$source/tests" && "${PYTHON:-/usr/bin/python3}" -c "import sys, reports; reports.small_store(sys.argv[1])" "$root/work/store.db")
install -m 644 "$root/work/store.db" "$root/var/lib/powerreport/store.db"
as_its_account 'powerreport run --month 2018-03 --now 2018-04-05T00:00Z'
made=$(find "$root/var/lib/powerreport/reports" -name report.pdf | wc -l)
expect test "$made" -eq 2

echo "=== upgrade"
echo '# mine' >>"$root/etc/powerreport/report.ini"
inside dpkg --force-confold --install /work/later.deb >>"$root.log" 2>&1
expect grep -q '^# mine' "$root/etc/powerreport/report.ini"
expect grep -q '^# of the later version' "$root/etc/powerreport/report.ini.dpkg-dist"
as_its_account 'powerreport run --quiet --month 2018-03 --now 2018-04-06T00:00Z'

echo "=== remove"
inside apt-get remove -q -y powerreport >>"$root.log" 2>&1
expect test ! -e "$root/usr/bin/powerreport"
expect test ! -e "$root/usr/share/powerreport"
expect test -e "$root/etc/powerreport/report.ini"

echo "=== purge"
inside apt-get purge -q -y powerreport >>"$root.log" 2>&1
expect test ! -e "$root/etc/powerreport/report.ini"
expect test ! -e "$root/etc/powerreport/environment"
expect test "$(find "$root/var/lib/powerreport/reports" -name report.pdf | wc -l)" -eq 2
echo "=== done"
