#!/bin/bash
# Merges the shards of array.sh and writes the report, once all tasks have ended, however they ended:
#
#   sbatch --dependency=afterany:<job of the array> merge.sh runs/latent-shards runs/latent-whole
#
# It fails where trials are missing, and says which.
#SBATCH --job-name=sweepline-merge
set -eu

# What an earlier merge left is made again from the shards.
if [ -f "$2/manifest.json" ]; then rm -r "$2"; fi
sweepline merge "$1"/shard-* --out "$2"
sweepline report "$2"
