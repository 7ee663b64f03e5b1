using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Tests.Data;

/// <summary>What this package said in a context's log.</summary>
internal sealed class Log
{
    private readonly List<(ChannelMessageKind Kind, string Message)> _lines = [];

    public Log(MLContext context) => context.Log += (_, entry) =>
    {
        if (!entry.Source.Contains("Hdge", StringComparison.Ordinal))
            return;
        lock (_lines)
            _lines.Add((entry.Kind, entry.RawMessage));
    };

    public string[] Warnings => Of(ChannelMessageKind.Warning);

    public string[] Infos => Of(ChannelMessageKind.Info);

    private string[] Of(ChannelMessageKind kind)
    {
        lock (_lines)
            return [.. _lines.Where(line => line.Kind == kind).Select(line => line.Message)];
    }
}
