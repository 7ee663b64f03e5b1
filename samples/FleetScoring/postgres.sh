#!/usr/bin/env bash
# A PostgreSQL server of its own, for this machine alone: postgres.sh start [FOLDER] | stop FOLDER | kill FOLDER
# start prints the connection string (also in FOLDER/connection; without FOLDER a temporary one is made); a second start of the same folder goes on with its data.
set -euo pipefail

die() { echo "postgres.sh: $*" >&2; exit 1; }

bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1 || true)
[[ -n $bin ]] || bin=$(dirname "$(command -v postgres || true)")
[[ -x $bin/initdb ]] || die "there is no PostgreSQL server (Debian: apt-get install postgresql)"

# The server refuses to run as root.
as_owner() { if [[ $(id -u) -eq 0 ]]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

free_port() {
    local port
    for _ in {1..100}; do
        port=$((20000 + RANDOM % 30000))
        (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
    done
    die "no free port was found"
}

command=${1:-}
folder=${2:-}
case $command in
    start)
        if [[ -z $folder ]]; then folder=$(mktemp -d "${TMPDIR:-/tmp}/fleet-postgres.XXXXXX"); else mkdir -p "$folder"; fi
        folder=$(cd "$folder" && pwd)
        [[ $(id -u) -ne 0 ]] || chown postgres: "$folder"
        chmod 700 "$folder"
        if [[ ! -f $folder/connection ]]; then
            password=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
            port=$(free_port)
            as_owner bash -c 'umask 077; echo "$1" > "$2/password"' - "$password" "$folder"
            as_owner "$bin/initdb" -D "$folder/data" -U fleet --auth=scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C > "$folder/initdb.log" 2>&1 || die "initdb failed: $(tail -n 5 "$folder/initdb.log")"
            echo "$port" > "$folder/port"
            (umask 077; echo "Host=127.0.0.1;Port=$port;Username=fleet;Password=$password;Database=postgres" > "$folder/connection")
        fi
        # After a kill the old server's children may hold its memory for a moment.
        for try in {1..20}; do
            as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 60 -o "-p $(cat "$folder/port") -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder" start > /dev/null 2>&1 && break
            [[ $try -lt 20 ]] || die "it does not start: $(tail -n 5 "$folder/data/server.log")"
            sleep 0.5
        done
        cat "$folder/connection" ;;
    stop)
        as_owner "$bin/pg_ctl" -D "${folder:?FOLDER}/data" -m fast -w stop > /dev/null ;;
    kill)
        kill -KILL "$(head -n 1 "${folder:?FOLDER}/data/postmaster.pid")" ;;
    *)
        die "expected start [FOLDER], stop FOLDER or kill FOLDER" ;;
esac
