#!/usr/bin/env bash
# One script for every job: ./build.sh [quickstart|test|bench|pack] [arguments]; without a command it builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
usage: ./build.sh [command] [arguments]
  (none)      build everything
  quickstart  train, score, save and reload a classifier on real images   (arguments go to samples/QuickStart)
  test        run the tests                                               (arguments go to dotnet test)
  bench       run the benchmarks, tables on screen and in artifacts/bench (arguments go to test/Hdge.Benchmarks)
  pack        make the NuGet packages in artifacts/packages
HDGE_OFFLINE=true or =false decides the package world instead of the probe.
TEXT
}

die() { echo "build.sh: $*" >&2; exit 1; }

# The world is worked out once, and again when the NuGet sources have changed since.
decide_world() {
    local props=eng/obj/world.props stamp=eng/obj/world.sources sources
    sources="HDGE_OFFLINE=${HDGE_OFFLINE:-} $(dotnet nuget list source --format Short)"
    if [[ ! -f $props || ! -f $stamp || "$(cat "$stamp")" != "$sources" ]]; then
        rm -f "$props"
        dotnet msbuild eng/World.proj -nologo -v:m ${HDGE_OFFLINE:+-p:HdgeForceOffline=$HDGE_OFFLINE}
        printf '%s' "$sources" > "$stamp"
    else
        sed -n 's/.*<!-- \(.*\) -->.*/  \1/p' "$props"
    fi
    grep -q '>true</HdgeOffline>' "$props" && offline=true || offline=false
}

# What the offline world compiles against. apt-get is only asked for what is missing.
install_offline_needs() {
    [[ $offline == true ]] || return 0
    local missing=() package
    for package in libtorch-dev libopenblas0-pthread g++ cmake; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    command -v g++ > /dev/null && missing=("${missing[@]/#g++}")
    command -v cmake > /dev/null && missing=("${missing[@]/#cmake}")
    read -ra missing <<< "${missing[*]-}"
    [[ ${#missing[@]} -gt 0 ]] || return 0
    command -v apt-get > /dev/null || die "the offline world needs ${missing[*]} from Debian, and there is no apt-get here"
    local root=()
    if [[ $(id -u) -ne 0 ]]; then
        command -v sudo > /dev/null || die "the offline world needs ${missing[*]}: run as root: apt-get install --no-install-recommends ${missing[*]}"
        root=(sudo)
    fi
    echo "Installing ${missing[*]} (libtorch and its BLAS for the offline world) with ${root[*]:+sudo }apt-get ..."
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

# The report is tested in a browser. Where none can be had those tests are skipped.
install_browser() {
    local browser apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    for browser in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        ! command -v "$browser" > /dev/null || return 0
    done
    [[ $(id -u) -eq 0 ]] || apt=(sudo -n "${apt[@]}")
    if grep -qs '^ID=debian$' /etc/os-release; then
        echo "Installing chromium (to test the report in a browser) with apt-get ..."
        "${apt[@]}" update -qq && "${apt[@]}" install -y -qq --no-install-recommends chromium > /dev/null && return 0
    fi
    echo "No chromium or chrome on the PATH: the tests of the report in a browser will be skipped."
}

build() { dotnet build "$1" -c Release --nologo -v q -clp:NoSummary; }

command -v dotnet > /dev/null || die "the .NET 10 SDK is missing (https://dotnet.microsoft.com/download)"
command=${1:-build}
[[ $# -eq 0 ]] || shift
case $command in
    -h|--help|help) usage; exit 0 ;;
    build|quickstart|test|bench|pack) ;;
    *) usage >&2; die "unknown command '$command'" ;;
esac

export DOTNET_CLI_TELEMETRY_OPTOUT=${DOTNET_CLI_TELEMETRY_OPTOUT:-1} DOTNET_NOLOGO=1
decide_world
install_offline_needs

case $command in
    build)
        build Hdge.MLNet.sln ;;
    quickstart)
        build samples/QuickStart/QuickStart.csproj
        dotnet samples/QuickStart/bin/Release/net10.0/QuickStart.dll "$@" ;;
    test)
        install_browser
        dotnet test Hdge.MLNet.sln -c Release --nologo -v q "$@" ;;
    bench)
        build test/Hdge.Benchmarks/Hdge.Benchmarks.csproj
        dotnet test/Hdge.Benchmarks/bin/Release/net10.0/Hdge.Benchmarks.dll "$@" ;;
    pack)
        [[ $offline == false ]] || die "packages are made against the real Microsoft.ML and TorchSharp only, and this machine's NuGet sources lack them"
        for project in src/Hdge/Hdge.csproj src/Hdge.MLNet/Hdge.MLNet.csproj; do
            dotnet pack "$project" -c Release --nologo -v q -o artifacts/packages "$@"
        done
        ls artifacts/packages/*.nupkg ;;
esac
