#!/bin/sh
# Installs what was built: make install and make uninstall call it.
#
#     tools/install/install.sh BUILD DESTDIR PREFIX CONFDIR STATEDIR
#     tools/install/install.sh --remove BUILD DESTDIR PREFIX CONFDIR STATEDIR
#
# PREFIX holds the program and what it reads, CONFDIR report.ini and environment (never overwritten), STATEDIR what it
# writes. DESTDIR stands before all of them and in none of the files. UNITDIR in the environment is where units go,
# where that is not PREFIX/lib/systemd/system. --remove leaves CONFDIR and STATEDIR as they are.
set -eu
remove=
if [ "$1" = --remove ]; then
	remove=yes
	shift
fi
build=$1 dest=$2 prefix=$3 conf=$4 state=$5
case $build in /*) ;; *) build=$PWD/$build ;; esac
case $dest in '' | /*) ;; *) dest=$PWD/$dest ;; esac
for folder in "$prefix" "$conf" "$state"; do
	case $folder in
	*[!-A-Za-z0-9/._+~]*) echo "$0: '$folder': expected letters, digits and /._+~- alone" >&2 && exit 2 ;;
	/*) ;;
	*) echo "$0: '$folder': expected a path from the root" >&2 && exit 2 ;;
	esac
done
cd "$(dirname "$0")/../.."

if [ -n "$remove" ]; then
	# What would be installed is what is removed.
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	"tools/install/install.sh" "$build" "$scratch" "$prefix" "$conf" "$state"
	rm -rf "$dest${prefix:?}/share/powerreport"
	(cd "$scratch$prefix" && find . -type f) | while read -r file; do rm -f "$dest$prefix/$file"; done
	for folder in libexec/powerreport share/doc/powerreport/examples share/doc/powerreport/contract \
		share/doc/powerreport; do
		rmdir "$dest$prefix/$folder" 2>/dev/null || true
	done
	exit
fi

share=$prefix/share/powerreport
doc=$prefix/share/doc/powerreport
case $prefix in
/usr | /usr/local) units=$dest${UNITDIR:-$prefix/lib/systemd/system} ;;
*) units=$dest${UNITDIR:-$share/systemd} ;; # where systemd does not look: to be linked by hand
esac

# A file with its places filled in.
fill()
{
	mkdir -p "$(dirname "$2")"
	sed -e "s|@PREFIX@|$prefix|g" -e "s|@CONFDIR@|$conf|g" -e "s|@STATE@|$state|g" "$1" >"$2"
	chmod "$3" "$2"
}

# All files of a folder, in their folders.
tree()
{
	(cd "$1" && find . -type f ! -name '.*') | while read -r file; do
		install -D -m 644 "$1/$file" "$2/$file"
	done
}

install -D -m 755 "$build/powerreport" "$dest$prefix/bin/powerreport"
for folder in templates charts; do
	rm -rf "$dest${share:?}/$folder" # a file that is gone would still be read
	tree "$folder" "$dest$share/$folder"
done
for font in "$build"/fonts/*; do # none, where they could not be fetched
	if [ -f "$font" ]; then install -D -m 644 "$font" "$dest$share/fonts/${font##*/}"; fi
done
for page in docs/man/*.[1-8]; do
	folder=$dest$prefix/share/man/man${page##*.}
	mkdir -p "$folder"
	sed -e "s|/usr/share/powerreport|$share|g" -e "s|/etc/powerreport|$conf|g" -e "s|/var/lib/powerreport|$state|g" "$page" |
		gzip -9 -n >"$folder/${page##*/}.gz"
	chmod 644 "$folder/${page##*/}.gz"
done
install -D -m 644 tools/install/powerreport.bash "$dest$prefix/share/bash-completion/completions/powerreport"
install -D -m 755 tools/install/failure-mail "$dest$prefix/libexec/powerreport/failure-mail"
for unit in tools/install/*.service tools/install/*.timer; do
	fill "$unit" "$units/${unit##*/}" 644
done
for document in README.md CHANGELOG.md LICENSE docs/*.md docs/contract/*; do
	install -D -m 644 "$document" "$dest$doc/${document#docs/}"
done
fill tools/install/crontab "$dest$doc/examples/crontab" 644
for example in tools/deploy/*; do
	install -D -m 644 "$example" "$dest$doc/examples/${example##*/}"
done
fill tools/install/sysusers "$dest$prefix/lib/sysusers.d/powerreport.conf" 644

# The settings, with the installed places for those of the repository.
fresh=$dest$share/report.ini
sed -e "s|^path = build/sample.db|path = $state/store.db|" \
	-e "s|^folder = out|folder = $state/reports|" \
	-e "s|^folder = templates|folder = $share/templates|" \
	-e "s|^charts = charts|charts = $share/charts|" \
	-e "s|build/fonts/|$share/fonts/|g" report.ini >"$fresh"
chmod 644 "$fresh"
if [ ! -e "$dest$conf/report.ini" ]; then
	install -D -m 644 "$fresh" "$dest$conf/report.ini"
fi
if [ ! -e "$dest$conf/environment" ]; then
	install -D -m 600 tools/install/environment "$dest$conf/environment"
fi
mkdir -p "$dest$state"
