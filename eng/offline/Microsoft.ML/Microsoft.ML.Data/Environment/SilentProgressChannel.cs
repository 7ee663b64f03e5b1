using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Takes progress and tells nobody: in ML.NET too, nothing of it reaches MLContext.Log.</summary>
internal sealed class SilentProgressChannel(string name) : IProgressChannel
{
    public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction)
    {
    }

    public void Checkpoint(params double?[] values)
    {
    }

    public IProgressChannel StartProgressChannel(string name1) => new SilentProgressChannel($"{name}; {name1}");

    public void Dispose()
    {
    }
}
