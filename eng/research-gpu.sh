#!/bin/bash
# Table B of docs/results.md on one GPU: CIFAR-10 from scratch, 10,000 training images, every objective and augmentation, as many of three seeds as fit into the time.
# What was finished is kept, and done no more when it is started again with the same folder.
#   eng/research-gpu.sh TOOL DATA OUT MINUTES [PROCESSES] [DEVICE]
# TOOL: the published tool's folder (dotnet publish tools/hdge -p:PublishProfile=carry), or one with Hdge.Cli.dll; HDGE_LIBTORCH names a libtorch with CUDA.
# DATA: cifar10_batch1.bin (training), cifar10_test.bin, svhn*.bin, cifar100*.bin, celeba*.bin in CIFAR-10's binary layout.
# OUT: takes runs-I.jsonl, research.md, scores/ (every score of every image, 16-bit) and log-I.txt.
# For a test on a processor: EPOCHS=1 LIMIT=200 TEST_LIMIT=100 NETWORK=wrn-10-1 eng/research-gpu.sh tools/hdge/bin/Release/net10.0 DATA OUT 2 1 cpu
set -euo pipefail
tool=$1 data=$2 out=$3 minutes=$4 processes=${5:-4} device=${6:-cuda}
rows=cross-entropy,in-batch,cross-entropy+shuffled,in-batch-centred,gce,hdge-l2,logit-norm,boundary-norm,in-batch-normalized
rows=$rows,cross-entropy+rotation,cross-entropy+pixmix,cross-entropy+rotation+pixmix,logit-norm+pixmix
rows=$rows,cross-entropy+made,cross-entropy+made-without:blurred.smooth,cross-entropy+made-without:mixed,cross-entropy+made+shuffled
rows=$rows,in-batch+shuffled,gce+shuffled,in-batch-normalized+shuffled,cross-entropy+cutout
if [ -x "$tool/Hdge.Cli" ] && [ "$device" != cpu ]; then run=("$tool/Hdge.Cli"); else run=(dotnet "$tool/Hdge.Cli.dll"); fi
export OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=$(( $(nproc) / processes > 0 ? $(nproc) / processes : 1 ))
arguments=(research --train "$data/cifar10_batch1.bin" --known "$data/cifar10_test.bin"
  --unknown "svhn=$(ls "$data"/svhn*.bin),cifar100=$(ls "$data"/cifar100*.bin),celeba=$(ls "$data"/celeba*.bin),interp"
  --recipe photographs --network "${NETWORK:-wrn-16-4}" --batch 256 --epochs "${EPOCHS:-12}" --limit "${LIMIT:-10000}" --test-limit "${TEST_LIMIT:-2000}"
  --device "$device" --seeds 3 --rows "${ROWS:-$rows}" --keep-scores --out "$out")
mkdir -p "$out"
own=()
for ((i = 0; i < processes; i++)); do
  "${run[@]}" "${arguments[@]}" --minutes "$minutes" --part "$i/$processes" > "$out/log-$i.txt" 2>&1 &
  own+=($!)
done
failed=0
for process in "${own[@]}"; do wait "$process" || failed=1; done
"${run[@]}" "${arguments[@]}" --minutes 0 > /dev/null || true # the tables of all parts
grep -h "seed" "$out"/log-*.txt | grep " s (" || true
exit $failed
