using System.Globalization;
using System.Text.RegularExpressions;
using Hdge.Networks;

namespace Hdge.Cli.Training;

/// <summary>Networks by the names that papers give them.</summary>
internal static partial class NetworkNames
{
    /// <summary>The preset's network with another size, normalisation or both.</summary>
    /// <param name="preset">The preset's own.</param>
    /// <param name="name">"wrn-DEPTH-WIDTH" or "resnet-50"; null keeps the preset's.</param>
    /// <param name="normalization">Null keeps the preset's.</param>
    /// <exception cref="ArgumentException">The name is unknown, or the network has one normalisation only.</exception>
    public static NetworkOptions Change(NetworkOptions preset, string? name, Normalization? normalization)
    {
        var network = name is null ? preset : Named(name, preset);
        return normalization is not { } wanted ? network : network switch
        {
            WideResNetOptions wide => wide with { Normalization = wanted },
            _ => throw new ArgumentException($"--normalization is {wanted}, but only WideResNets have a choice of it."),
        };
    }

    /// <summary>The name of a network.</summary>
    public static string Of(NetworkOptions network) => network switch
    {
        WideResNetOptions wide => $"WRN-{wide.Depth}-{wide.Width}, {(wide.Normalization == Normalization.None ? "no" : wide.Normalization.ToString().ToLowerInvariant())} normalisation",
        ResNet50Options => "ResNet-50",
        PixelTransformerOptions => network.ToString(),
        _ => network.GetType().Name.Replace("Options", "", StringComparison.Ordinal),
    };

    private static NetworkOptions Named(string name, NetworkOptions preset) => WideResNetName().Match(name) switch
    {
        { Success: true } match => (preset as WideResNetOptions ?? new()) with { Depth = Number(match, "depth"), Width = Number(match, "width") },
        _ when name.Equals("resnet-50", StringComparison.OrdinalIgnoreCase) => new ResNet50Options(),
        _ => throw new ArgumentException($"--network is '{name}', expected wrn-DEPTH-WIDTH such as wrn-10-1 or wrn-28-10, or resnet-50."),
    };

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^wrn-(?<depth>\d{1,4})-(?<width>\d{1,4})$", RegexOptions.IgnoreCase)]
    private static partial Regex WideResNetName();
}
