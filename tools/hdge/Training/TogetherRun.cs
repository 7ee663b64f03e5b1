using System.Runtime.InteropServices;
using Hdge.Distributed;
using Spectre.Console;
using static TorchSharp.torch;

namespace Hdge.Cli.Training;

/// <summary>A command that several processes run together: rank 0 alone says and writes something.</summary>
internal sealed class TogetherRun : IDisposable
{
    private readonly ICollective _ranks;
    private readonly PosixSignalRegistration _ended;

    private TogetherRun(DistributedOptions options, CommandContext context)
    {
        Libtorch.EnsureLoaded();
        (Options, _ranks) = (options, options.Connect());
        Context = IsRoot ? context : context with { Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }) };
        _ended = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => context.Errors.WriteLine(
            Told("The run was ended from outside: another process of it has died, as mpirun tells, or mpirun itself was ended. --resume goes on from the last checkpoint.")));
    }

    public DistributedOptions Options { get; }

    /// <summary>What this process writes to.</summary>
    public CommandContext Context { get; }

    public bool IsRoot => _ranks.Rank == 0;

    /// <summary>Processes.</summary>
    public int Size => _ranks.Size;

    /// <summary>Joins the others where mpirun started this process, or the command line says so; else null.</summary>
    public static TogetherRun? Join(string? kind, CommandContext context) => kind is not null || MpiOptions.StartedRank is not null ? new TogetherRun(new MpiOptions(), context) : null;

    /// <summary>A message with the rank that it comes from, where that is not rank 0.</summary>
    public static string Told(string message) => MpiOptions.StartedRank is { } rank and > 0 ? $"rank {rank}: {message}" : message;

    /// <summary>What rank 0 says.</summary>
    public bool Decide(bool here)
    {
        using var said = tensor(new[] { here ? 1L : 0 });
        _ranks.Broadcast(said);
        return said.data<long>()[0] != 0;
    }

    public void Dispose()
    {
        _ended.Dispose();
        _ranks.Dispose();
    }
}
