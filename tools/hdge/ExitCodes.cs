namespace Hdge.Cli;

/// <summary>Exit codes besides 0.</summary>
internal static class ExitCodes
{
    /// <summary>A wrong option, file or shape.</summary>
    public const int BadInput = 2;

    /// <summary>The training run diverged.</summary>
    public const int Diverged = 3;

    /// <summary>Ctrl+C.</summary>
    public const int Cancelled = 130;
}
