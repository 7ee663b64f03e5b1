using System.CommandLine;
using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>What commands that read photographs do with a file that cannot be read: end, or with <c>--skip-damaged</c> tell it on standard error and go on.</summary>
internal static class SkipDamaged
{
    private const string Name = "--skip-damaged";

    /// <summary>The end of a message about a damaged file.</summary>
    public const string Cure = $"{Name} goes on without it.";

    public static Option<bool> Option() => CommandOptions.Flag(Name, "goes on where a file is no image; it is told on standard error");

    /// <summary>Told of each file that is left out; null where the first one shall end the command.</summary>
    public static Action<DamagedFile>? Of(bool skip, CommandContext context) => skip ? damaged => context.Errors.WriteLine($"skipped {damaged}") : null;
}
