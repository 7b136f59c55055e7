#!/bin/bash
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@60
# One task of tools/deploy/slurm-month.sh: runs powerreport with its arguments.
#
#     the program was killed          the task is queued again, three times at most; it goes on where it was
#     the time limit is a minute off  what is at work ends, then the same
#     SIGTERM                         what is at work ends; Slurm, or who cancels the task, knows what comes next
set -u

restarts_max=3

"${POWERREPORT:-powerreport}" "$@" &
program=$!
again=
cancelled=
signalled=
trap 'again=yes signalled=yes; kill -TERM "$program" 2>/dev/null' USR1
trap 'cancelled=yes signalled=yes; kill -TERM "$program" 2>/dev/null' TERM
wait "$program"
code=$?
while [ -n "$signalled" ]; do # then wait may have come back for the signal's sake
	signalled=
	wait "$program"
	code=$?
done

[ "$code" -lt 128 ] || again=yes
if [ -n "$again" ] && [ -z "$cancelled" ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$restarts_max" ]; then
	echo "slurm-task.sh: powerreport ended with exit code $code; the task is queued again" >&2
	# The number of an array's last task is the array's own: with it alone all tasks would begin again.
	job=${SLURM_ARRAY_TASK_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
	scontrol requeue "${job:-$SLURM_JOB_ID}" && sleep 60 # until it is ended for it
fi
exit "$code"
