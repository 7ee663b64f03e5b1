using FleetScoring;
using Hdge;

// fleet plan INPUT --model model.zip|.onnx --out FOLDER [--shard 1000]    cuts a folder or a list file of images into shards
// fleet work FOLDER [--postgres CONNECTION] [--workers N] [--dashboard URL] [--timeout SECONDS] [--slow MS]    scores shards until all are; run as many as you like
// fleet watch FOLDER [--once]    tells progress and throughput
// fleet merge FOLDER [--to FILE]    proves that every image has its line, and writes one file
// fleet run INPUT --model FILE --out FOLDER …    all of that in one process, without a database
try
{
    var arguments = Arguments.Parse(args);
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, press) => (press.Cancel, _) = (true, stop.CancelAsync());
    using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal => (signal.Cancel, _) = (true, stop.CancelAsync()));
    return await Commands.Run(arguments, Console.Out, stop.Token);
}
catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or System.Data.Common.DbException or LibtorchException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
