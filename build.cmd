@echo off
rem One script for every job: build.cmd [quickstart^|photos^|test^|bench^|pack] [arguments]; without a command it builds.
rem set HDGE_NATIVE=TorchSharp-cuda-windows to use a GPU (downloads 3 GB once).
setlocal
cd /d "%~dp0"
set DOTNET_NOLOGO=1
if not "%HDGE_NATIVE%"=="" set HdgeNative=%HDGE_NATIVE%
set command=%~1
if "%command%"=="" set command=build
set arguments=
:next
shift
if not "%~1"=="" (
    set arguments=%arguments% %1
    goto next
)
if "%command%"=="build" dotnet build Hdge.MLNet.slnx -c Release --nologo -v q & goto end
if "%command%"=="quickstart" dotnet run --project samples\QuickStart -c Release -- %arguments% & goto end
if "%command%"=="test" dotnet test Hdge.MLNet.slnx -c Release --nologo -v q %arguments% & goto end
if "%command%"=="photos" dotnet run --project samples\Photos -c Release -- %arguments% & goto end
if "%command%"=="bench" dotnet run --project test\Hdge.Benchmarks -c Release -- %arguments% & goto end
if "%command%"=="pack" (
    for %%p in (src\Hdge.Core src\Hdge src\Hdge.MLNet src\Hdge.MLNet.Onnx tools\hdge) do dotnet pack %%p -c Release --nologo -v q -o artifacts\packages %arguments% || exit /b 1
    goto end
)
echo usage: build.cmd [quickstart^|photos^|test^|bench^|pack] [arguments] 1>&2
exit /b 1
:end
exit /b %errorlevel%
