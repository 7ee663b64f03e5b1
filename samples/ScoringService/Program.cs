using Hdge;
using ScoringService;

// ScoringService prepare [DATA] [--out DIR] [--epochs N] [--images N]    trains a model for the service: on a folder of class folders, or on Fashion-MNIST
// ScoringService load [--seconds N] [--clients N] [--rounds N] [--batching-only] [--model FILE]    measures the service under load, with and without micro-batching, through reloads
// ScoringService [--urls http://localhost:5080] [--Service:Model FILE] …    serves (ServiceOptions)
try
{
    if (args is ["prepare", .. var how])
    {
        string? Value(string name) => Array.IndexOf(how, name) is >= 0 and var at && at + 1 < how.Length ? how[at + 1] : null;
        Prepare.Run(how is [var data, ..] && !data.StartsWith("--", StringComparison.Ordinal) ? data : null, Value("--out") ?? Path.Combine("artifacts", "service"), int.TryParse(Value("--epochs"), out int epochs) ? epochs : 5, int.TryParse(Value("--images"), out int images) ? images : int.MaxValue);
        return 0;
    }
    if (args is ["load", .. var load])
        return await Load.Run(load);
    await using var app = Service.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or LibtorchException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
