#!/bin/bash
# Tables A and B of docs/results.md on one GPU: the quick start's Fashion-MNIST, then CIFAR-10 from scratch with 10,000 training images, every objective and augmentation, as many of three seeds as fit into
# the time. What was finished is kept, and not done again when it is started anew with the same folder.
#   eng/research-gpu.sh TOOL DATA OUT MINUTES [PROCESSES] [DEVICE]
# TOOL: the published tool's folder (dotnet publish tools/hdge -p:PublishProfile=carry), or one with Hdge.Cli.dll; HDGE_LIBTORCH names a libtorch with CUDA.
# DATA: cifar10_batch1.bin (training), cifar10_test.bin, svhn*.bin, cifar100*.bin, celeba*.bin in CIFAR-10's binary layout; the first 2,000 of the test sets are used.
# OUT: a/ and b/ take runs-I.jsonl, research.md, scores/ (every score of every image, 16-bit) and log-I.txt.
# For a test on a processor: EPOCHS=1 LIMIT=600 TEST_LIMIT=60 NETWORK=wrn-10-1 ROWS_A=cross-entropy ROWS_B=cross-entropy+pixmix eng/research-gpu.sh tools/hdge/bin/Release/net10.0 DATA OUT 2 1 cpu
set -euo pipefail
tool=$1 data=$2 out=$3 minutes=$4 processes=${5:-4} device=${6:-cuda}
samples=$(cd "$(dirname "$0")/../samples/data" && pwd)
rows_a=in-batch,cross-entropy,cross-entropy+shuffled,gce+shuffled,in-batch+shuffled,in-batch-centred,gce,hdge-l2,logit-norm,in-batch-normalized
rows_b=cross-entropy,in-batch,cross-entropy+shuffled,gce,hdge-l2,logit-norm,boundary-norm,in-batch-normalized,in-batch-centred
rows_b=$rows_b,cross-entropy+rotation,cross-entropy+pixmix,cross-entropy+rotation+pixmix,logit-norm+pixmix
rows_b=$rows_b,cross-entropy+made,cross-entropy+made-without:blurred.smooth,cross-entropy+made-without:mixed,cross-entropy+made+shuffled
rows_b=$rows_b,in-batch+negatives,in-batch+negatives-without:blurred.smooth,cross-entropy+ascood
rows_b=$rows_b,in-batch+shuffled,gce+shuffled,in-batch-normalized+shuffled,cross-entropy+cutout
if [ -x "$tool/Hdge.Cli" ] && [ "$device" != cpu ]; then run=("$tool/Hdge.Cli"); else run=(dotnet "$tool/Hdge.Cli.dll"); fi
export OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=$(( $(nproc) / processes > 0 ? $(nproc) / processes : 1 ))
common=(--seeds 3 --device "$device" --keep-scores ${EPOCHS:+--epochs $EPOCHS} --test-limit "${TEST_LIMIT:-2000}")
a=(research --train "$samples/fashion-mnist" --unknown "mnist=$samples/mnist,notmnist=$samples/notmnist" --recipe quick-start --rows "${ROWS_A:-$rows_a}" "${common[@]}" --out "$out/a")
b=(research --train "$data/cifar10_batch1.bin" --known "$data/cifar10_test.bin"
  --unknown "svhn=$(ls "$data"/svhn*.bin),cifar100=$(ls "$data"/cifar100*.bin),celeba=$(ls "$data"/celeba*.bin),interp"
  --recipe photographs --network "${NETWORK:-wrn-16-4}" --batch 256 --limit "${LIMIT:-10000}" --rows "${ROWS_B:-$rows_b}" "${common[@]}" --out "$out/b")
[ -n "${EPOCHS:-}" ] || b+=(--epochs 12)
mkdir -p "$out/a" "$out/b"
end=$(( $(date +%s) + $(awk "BEGIN { print int(60 * $minutes) }") ))
part() {
  left() { awk "BEGIN { left = $1 * ($end - $(date +%s)) / 60; print (left > 0 ? left : 0) }"; }
  "${run[@]}" "${a[@]}" --minutes "$(left 0.3)" --part "$1/$processes" > "$out/a/log-$1.txt" 2>&1
  "${run[@]}" "${b[@]}" --minutes "$(left 1)" --part "$1/$processes" > "$out/b/log-$1.txt" 2>&1
}
own=()
for ((i = 0; i < processes; i++)); do part "$i" & own+=($!); done
failed=0
for process in "${own[@]}"; do wait "$process" || failed=1; done
"${run[@]}" "${a[@]}" --minutes 0 > /dev/null || true # the tables of all parts
"${run[@]}" "${b[@]}" --minutes 0 > /dev/null || true
grep -h ", seed .* s (" "$out"/[ab]/log-*.txt || true
exit $failed
