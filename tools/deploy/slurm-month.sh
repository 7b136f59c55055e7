#!/bin/bash
# Makes a month on a Slurm cluster: an array of shards, and the platform's report when all of them have ended.
#
#     tools/deploy/slurm-month.sh SHARDS [options of powerreport run, such as --month 2026-10 --out /srv/reports --jobs 4]
#
# Prints the ids of the array and of the platform's job. The folder of reports, the settings and the program lie where
# every node finds them. What sbatch wants to know comes by its own variables: SBATCH_PARTITION, SBATCH_ACCOUNT,
# SBATCH_TIMELIMIT, SLURM_CPUS_PER_TASK … POWERREPORT names the program (default: powerreport). --retry-failed goes to
# the shards alone: the platform's report is made of what they leave.
#
# A task whose program was killed is queued again, three times at most, and goes on where it was (slurm-task.sh).
set -eu

if [ $# -lt 1 ] || ! [[ $1 =~ ^[1-9][0-9]{0,3}$ ]]; then
	echo "usage: $0 SHARDS [options of powerreport run]" >&2
	exit 2
fi
shards=$1
shift
task=$(dirname "$(readlink -f "$0")")/slurm-task.sh

has_now=
platform=()
for option in "$@"; do
	case $option in
	--now | --now=*) has_now=yes ;;
	--shard | --shard=* | --edition | --edition=* | --tenant | --tenant=*)
		echo "$0: $option: expected none: the shards make everybody, and the platform comes last" >&2
		exit 2
		;;
	esac
	[ "$option" = --retry-failed ] || platform+=("$option")
done
# One cut-off for all: else each shard, and the platform, would show other data.
now=()
[ -n "$has_now" ] || now=(--now "$(date -u +%Y-%m-%dT%H:%M:%SZ)")

array=$(sbatch --parsable --job-name=powerreport --array="0-$((shards - 1))" "$task" \
	run --shard "auto/$shards" "${now[@]}" "$@")
array=${array%%;*} # with several clusters ";name" follows
last=$(sbatch --parsable --job-name=powerreport-platform --dependency="afterany:$array" "$task" \
	run --edition platform "${now[@]}" "${platform[@]}")
echo "$array ${last%%;*}"
