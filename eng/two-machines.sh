#!/bin/bash
# Two "machines" on this one: network namespaces joined by a link of RATE Mbit/s, one rank in each, and the benchmark of docs/scaling.md between them; then the same two ranks over shared memory, and one alone.
# Linux, as root; needs mpirun (openmpi-bin), ip and tc (iproute2).   eng/two-machines.sh [RATE [STEPS [TIMES]]]
set -euo pipefail
cd "$(dirname "$0")/.."
rate=${1:-100} steps=${2:-10} times=${3:-7}
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE OMPI_MCA_btl_vader_single_copy_mechanism=none
bench=test/Hdge.Benchmarks/bin/Release/net10.0/Hdge.Benchmarks.dll
[ -f "$bench" ] || dotnet build test/Hdge.Benchmarks -c Release --nologo -v q
a=hdge-a-$$ b=hdge-b-$$ agent=$(mktemp)
cleanup() { ip netns del "$a" 2>/dev/null || true; ip netns del "$b" 2>/dev/null || true; rm -f "$agent"; }
trap cleanup EXIT
ip netns add "$a"; ip netns add "$b"
ip link add v0 netns "$a" type veth peer name v0 netns "$b"
n=0
for space in "$a" "$b"; do
  n=$((n + 1))
  ip -n "$space" addr add 10.99.0.$n/24 dev v0
  ip -n "$space" link set v0 up; ip -n "$space" link set lo up
  ip netns exec "$space" tc qdisc add dev v0 root tbf rate "${rate}mbit" burst 128kb latency 400ms
done
# Where mpirun would call ssh HOST COMMAND: the other namespace.
printf '#!/bin/bash\nshift\nexec ip netns exec %s /bin/sh -c "$*"\n' "$b" > "$agent"; chmod +x "$agent"
echo "== two ranks, a link of $rate Mbit/s"
ip netns exec "$a" mpirun --allow-run-as-root --oversubscribe --bind-to none --host 10.99.0.1:1,10.99.0.2:1 -n 2 \
  --mca plm_rsh_agent "$agent" --mca btl tcp,self --mca btl_tcp_if_include v0 --mca oob_tcp_if_include v0 -x OMP_NUM_THREADS -x OMP_WAIT_POLICY \
  dotnet exec "$bench" distributed "$rate" "$steps" "$times"
echo "== two ranks, shared memory"
mpirun --allow-run-as-root --oversubscribe --bind-to none -n 2 dotnet exec "$bench" distributed "$rate" "$steps" "$times"
echo "== one process"
dotnet exec "$bench" distributed "$rate" "$steps" "$times"
