#!/usr/bin/env bash
# Three worker processes, SIGKILL of one at ten random moments and of PostgreSQL once: every image exactly once, byte for byte as one process? kill-test.sh [FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=${1:-$(mktemp -d "${TMPDIR:-/tmp}/fleet-kills.XXXXXX")}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
chmod 755 "$folder"
program=samples/FleetScoring/bin/Release/net10.0/FleetScoring.dll
fleet() { dotnet "$program" "$@"; }
say() { echo "$(($(date +%s) - began)) s: $*"; }
began=$(date +%s)

for project in FleetScoring ScoringService; do dotnet build samples/$project/$project.csproj -c Release --nologo -v q -clp:NoSummary > "$folder/build.log" || { cat "$folder/build.log" >&2; exit 1; }; done
[[ -f $folder/model/model.zip ]] || dotnet samples/ScoringService/bin/Release/net10.0/ScoringService.dll prepare --epochs 1 --images 2000 --out "$folder/model"
if [[ ! -d $folder/images ]]; then
    for copy in {1..120}; do mkdir -p "$folder/images/$copy" && cp "$folder"/model/pictures/*.png "$folder/images/$copy"; done
    head -c 300 "$folder/images/7/letter-00.png" > "$folder/images/7/cut-off.png"
fi
rm -rf "$folder/one" "$folder/fleet" "$folder"/worker-*.log
fleet run "$folder/images" --model "$folder/model/model.zip" --out "$folder/one" --shard 50 --workers 1 | tail -n 1

workers=()
connection=$(samples/FleetScoring/postgres.sh start "$folder/postgres")
trap 'kill -KILL "${workers[@]}" 2> /dev/null || true; samples/FleetScoring/postgres.sh stop "$folder/postgres" || true' EXIT
start() { dotnet "$program" work "$folder/fleet" --postgres "$connection" --workers 1 --timeout 10 --slow 1500 >> "$folder/worker-$1.log" 2>&1 & workers[$1]=$!; }
began=$(date +%s)
fleet plan "$folder/images" --model "$folder/model/model.zip" --out "$folder/fleet" --shard 50
for worker in 0 1 2; do start $worker; done
sleep 4
for kill in {1..10}; do
    sleep "$((RANDOM % 4)).$((RANDOM % 10))"
    worker=$((RANDOM % 3))
    if kill -KILL "${workers[$worker]}" 2> /dev/null; then said="killed worker $worker"; else said="worker $worker had ended"; fi
    wait "${workers[$worker]}" 2> /dev/null || true
    start $worker
    say "kill $kill: $said; $(fleet watch "$folder/fleet" --once)"
    if [[ $kill -eq 5 ]]; then
        samples/FleetScoring/postgres.sh kill "$folder/postgres"
        say "killed PostgreSQL"
        sleep 3
        samples/FleetScoring/postgres.sh start "$folder/postgres" > /dev/null
        say "PostgreSQL is back"
    fi
done
for worker in 0 1 2; do wait "${workers[$worker]}" || { echo "worker $worker failed" >&2; exit 1; }; done
say "all workers ended; $(find "$folder/fleet/results" -name '*.part' | wc -l) half-written results of killed workers lie beside"
fleet merge "$folder/fleet"
cmp "$folder/one/results.jsonl" "$folder/fleet/results.jsonl"
say "byte for byte the result of one process"
