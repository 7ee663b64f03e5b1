#!/bin/sh
# Writes PublicAPI.Unshipped.txt of every package anew: run it after a change of what is public, and read the difference. Build before.
# At a release its lines move to PublicAPI.Shipped.txt.
set -eu
cd "$(dirname "$0")/.."
for list in src/*/PublicAPI.Unshipped.txt; do
    folder=$(dirname "$list")
    echo '#nullable enable' > "$list"
    dotnet format analyzers "$folder/$(basename "$folder").csproj" --diagnostics RS0016 --severity warn --no-restore
done
