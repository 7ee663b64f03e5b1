namespace Hdge.Metrics;

/// <summary>Images of none of a model's classes, or what was made of them; a pair of name and data will do.</summary>
/// <typeparam name="T">What holds them: an <see cref="Data.ImageSet"/>, or in ML.NET an IDataView that the transformer scored.</typeparam>
/// <param name="Name">Name in metrics, tables and plots, not empty; each set needs its own.</param>
/// <param name="Data">The images; labels are not looked at.</param>
/// <param name="Group">Sets of a group are averaged, such as "near" and "far". Default "unknown".</param>
public sealed record UnknownSet<T>(string Name, T Data, string Group = "unknown")
{
    /// <summary>A set of the default group.</summary>
    public static implicit operator UnknownSet<T>((string Name, T Data) set) => new(set.Name, set.Data);
}
