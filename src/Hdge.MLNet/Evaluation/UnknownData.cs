using Microsoft.ML;

namespace Hdge.MLNet;

/// <summary>Scored images of none of the classes; a pair of name and data will do.</summary>
/// <param name="Name">What the metrics call it; each set needs its own.</param>
/// <param name="Data">What the transformer made of the images. Labels are not looked at.</param>
/// <param name="Group">Sets of a group are averaged, such as "near" and "far". Default "unknown".</param>
public sealed record UnknownData(string Name, IDataView Data, string Group = "unknown")
{
    /// <summary>A set of the default group.</summary>
    public static implicit operator UnknownData((string Name, IDataView Data) set) => new(set.Name, set.Data);
}
