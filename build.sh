#!/usr/bin/env bash
# One script for every job: ./build.sh [quickstart|photos|test|bench|pack|docs] [arguments]; without a command it builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
usage: ./build.sh [command] [arguments]
  (none)      build everything
  quickstart  train, score, save and reload a classifier on real images   (arguments go to samples/QuickStart)
  photos      train on a folder of class folders (--data DIR; made ones without), report, save, score another folder
  test        run the tests                                               (arguments go to dotnet test)
  bench       run the benchmarks, tables on screen and in artifacts/bench (arguments go to test/Hdge.Benchmarks)
  pack        make the NuGet packages in artifacts/packages
  docs        make the site in artifacts/docs: guides, and the API from its docstrings
HDGE_NATIVE=TorchSharp-cuda-linux (or another native package of TorchSharp's) is used instead of the CPU's.
TEXT
}

die() { echo "build.sh: $*" >&2; exit 1; }

# The report is tested in a real browser. Where none can be had, those tests are skipped and say so.
install_browser() {
    local browser
    for browser in chromium chromium-browser google-chrome; do
        ! command -v "$browser" > /dev/null || return 0
    done
    local apt=(apt-get)
    [[ $(id -u) -eq 0 ]] || apt=(sudo -n apt-get)
    if grep -qs '^ID=debian$' /etc/os-release; then
        echo "Installing chromium (to test the report in a browser) with apt-get ..."
        "${apt[@]}" update -qq && "${apt[@]}" install -y -qq --no-install-recommends chromium > /dev/null && return 0
    fi
    echo "No chromium or chrome on the PATH: the tests of the report in a browser will be skipped."
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
    test)
        install_browser
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
