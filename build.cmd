@echo off
rem One script for every job: build.cmd [quickstart^|test^|bench^|pack] [arguments]; without a command it builds.
rem Windows has the package world only: the stand-ins of eng/offline need Debian's libtorch.
setlocal
cd /d "%~dp0"
set DOTNET_NOLOGO=1
set command=%~1
if "%command%"=="" set command=build
set arguments=
:next
shift
if not "%~1"=="" (
    set arguments=%arguments% %1
    goto next
)
dotnet msbuild eng\World.proj -nologo -v:m || exit /b 1
findstr /c:">true</HdgeOffline>" eng\obj\world.props >nul && (
    echo build.cmd: this machine's NuGet sources lack Microsoft.ML and TorchSharp, and the offline world is for Debian only 1>&2
    exit /b 1
)
if "%command%"=="build" dotnet build Hdge.MLNet.sln -c Release --nologo -v q & goto end
if "%command%"=="quickstart" dotnet run --project samples\QuickStart -c Release -- %arguments% & goto end
if "%command%"=="test" dotnet test Hdge.MLNet.sln -c Release --nologo -v q %arguments% & goto end
if "%command%"=="bench" dotnet run --project test\Hdge.Benchmarks -c Release -- %arguments% & goto end
if "%command%"=="pack" (
    dotnet pack src\Hdge -c Release --nologo -v q -o artifacts\packages %arguments% && dotnet pack src\Hdge.MLNet -c Release --nologo -v q -o artifacts\packages %arguments%
    goto end
)
echo usage: build.cmd [quickstart^|test^|bench^|pack] [arguments] 1>&2
exit /b 1
:end
exit /b %errorlevel%
