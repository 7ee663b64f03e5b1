#!/usr/bin/env bash
# One script for every job: ./build.sh [quickstart|photos|service|fleet|test|bench|pack|docs] [arguments]; without a command it builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
usage: ./build.sh [command] [arguments]
  (none)      build everything
  quickstart  train, score, save and reload a classifier on real images   (arguments go to samples/QuickStart)
  photos      train on a folder of class folders (--data DIR; made ones without), report, save, score another folder
  service     train a small model if there is none, then serve it on http://localhost:5080 (arguments go to samples/ScoringService)
  fleet       score a million images on many machines: plan, work, watch, merge, run (arguments go to samples/FleetScoring)
  test        run the tests                                               (arguments go to dotnet test)
  bench       run the benchmarks, tables on screen and in artifacts/bench (arguments go to test/Hdge.Benchmarks)
  pack        make the NuGet packages in artifacts/packages
  docs        make the site in artifacts/docs: guides, and the API from its docstrings
HDGE_NATIVE=TorchSharp-cuda-linux (or another native package of TorchSharp's) is used instead of the CPU's.
TEXT
}

die() { echo "build.sh: $*" >&2; exit 1; }

# apt PACKAGE WHAT: on Debian, quietly.
apt() {
    grep -qs '^ID=debian$' /etc/os-release || return 1
    local get=(apt-get)
    [[ $(id -u) -eq 0 ]] || get=(sudo -n apt-get)
    echo "Installing $1 ($2) with apt-get ..."
    [[ -n ${updated:-} ]] || "${get[@]}" update -qq || return 1
    updated=1
    DEBIAN_FRONTEND=noninteractive "${get[@]}" install -y -qq --no-install-recommends "$1" > /dev/null
}

# What some tests need beside the SDK. Where it cannot be had, those tests are skipped and say so.
install_for_tests() {
    command -v chromium chromium-browser google-chrome > /dev/null || apt chromium "pages are tested in a browser" || echo "No chromium or chrome on the PATH: tests in a browser will be skipped."
    command -v mpirun > /dev/null || apt openmpi-bin "training by several processes" || echo "No mpirun on the PATH: tests of training by several processes will be skipped."
    compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || command -v postgres > /dev/null || apt postgresql "scoring by a fleet" || echo "No PostgreSQL server: tests of a fleet on one will be skipped."
}

build() { dotnet build "$1" -c Release --nologo -v q -clp:NoSummary; }

command -v dotnet > /dev/null || die "the .NET 10 SDK is missing (https://dotnet.microsoft.com/download)"
export DOTNET_CLI_TELEMETRY_OPTOUT=${DOTNET_CLI_TELEMETRY_OPTOUT:-1} DOTNET_NOLOGO=1
[[ -z ${HDGE_NATIVE:-} ]] || export HdgeNative=$HDGE_NATIVE

command=${1:-build}
[[ $# -eq 0 ]] || shift
case $command in
    -h|--help|help)
        usage ;;
    build)
        build Hdge.MLNet.slnx ;;
    quickstart)
        build samples/QuickStart/QuickStart.csproj
        dotnet samples/QuickStart/bin/Release/net10.0/QuickStart.dll "$@" ;;
    photos)
        build samples/Photos/Photos.csproj
        dotnet samples/Photos/bin/Release/net10.0/Photos.dll "$@" ;;
    service)
        build samples/ScoringService/ScoringService.csproj
        service=samples/ScoringService/bin/Release/net10.0/ScoringService.dll
        [[ $# -gt 0 || -e artifacts/service/model.zip ]] || dotnet "$service" prepare
        dotnet "$service" "$@" ;;
    fleet)
        build samples/FleetScoring/FleetScoring.csproj
        dotnet samples/FleetScoring/bin/Release/net10.0/FleetScoring.dll "$@" ;;
    test)
        install_for_tests
        dotnet test Hdge.MLNet.slnx -c Release --nologo -v q "$@" ;;
    bench)
        build test/Hdge.Benchmarks/Hdge.Benchmarks.csproj
        dotnet test/Hdge.Benchmarks/bin/Release/net10.0/Hdge.Benchmarks.dll "$@" ;;
    pack)
        for project in src/*/*.csproj tools/hdge/Hdge.Cli.csproj; do
            dotnet pack "$project" -c Release --nologo -v q -o artifacts/packages "$@"
        done
        ls artifacts/packages/*.nupkg ;;
    docs)
        build src/Hdge.MLNet/Hdge.MLNet.csproj
        dotnet tool restore > /dev/null
        rm -rf docs/api
        dotnet docfx docs/docfx.json --warningsAsErrors
        echo "artifacts/docs/index.html" ;;
    *)
        usage >&2
        die "unknown command '$command'" ;;
esac
