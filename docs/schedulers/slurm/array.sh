#!/bin/bash
# A sweep as a Slurm array: one shard a task. Give the folder of the shards, then the sweep and its options as for
# `sweepline run`:
#
#   sbatch --array=1-8 --time=4:00:00 array.sh runs/latent-shards latent --data mnist
#
# A task that is preempted, or two minutes from the end of its time, finishes the trials that run, starts no more and is
# queued again; it goes on where it was. Submit the same line again to go on after a failure.
#SBATCH --job-name=sweepline
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@120
set -u

shards=$1
shift
run=
stopping=

# Trials that take longer than a minute run again in the next task: asked twice, the run stops at once.
stop() {
  stopping=1
  kill -TERM "$run" 2>/dev/null
  (timeout 60 tail --pid "$run" -f /dev/null || kill -TERM "$run" 2>/dev/null) &
}
trap stop TERM

# 70: the machine's fault. The lock of one that died counts for a minute: the run is started again, a few times.
for pause in 30 30 30 0; do
  sweepline run "$@" --shard auto --out "$shards/shard-$SLURM_ARRAY_TASK_ID" &
  run=$!
  # A signal ends `wait` before the run has ended.
  while kill -0 "$run" 2>/dev/null; do
    wait "$run"
  done
  wait "$run"
  code=$?
  [ "$code" = 70 ] && [ -z "$stopping" ] && [ "$pause" -gt 0 ] || break
  sleep "$pause" &
  wait $!
  [ -z "$stopping" ] || { code=130; break; }
done

# 130: interrupted, with trials left. A task that was cancelled is COMPLETING by now, and is not queued again.
# One task has the number of the whole array as its job: only both together name a task.
task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
if [ "$code" = 130 ] && [ "$(squeue --noheader --job "$task" --format %T)" = RUNNING ]; then
  scontrol requeue "$task"
fi
exit "$code"
