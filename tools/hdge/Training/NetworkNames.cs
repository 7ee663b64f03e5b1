using System.Globalization;
using System.Text.RegularExpressions;
using Hdge.Networks;

namespace Hdge.Cli.Training;

/// <summary>Networks by the names that papers give them.</summary>
internal static partial class NetworkNames
{
    /// <summary>The preset's network with another size, normalisation or both.</summary>
    /// <param name="preset">The preset's own.</param>
    /// <param name="name">"wrn-DEPTH-WIDTH", "resnet-18", "resnet-50", or one of these with "-small" behind it; null keeps the preset's.</param>
    /// <param name="normalization">Null keeps the preset's.</param>
    /// <param name="inputSize">The shorter side to which a ResNet brings its images; null leaves them.</param>
    /// <exception cref="ArgumentException">The name is unknown, or the network has one normalisation only, or takes images as they are.</exception>
    public static NetworkOptions Change(NetworkOptions preset, string? name, Normalization? normalization, int? inputSize)
    {
        var network = name is null ? preset : Named(name, preset);
        if (inputSize is { } size)
            network = network is ResNetOptions resNet ? resNet with { InputSize = size } : throw new ArgumentException($"--input-size is {size}, but only ResNets bring images to a size of their own: expected --network resnet-18 or resnet-50.");
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
        ResNetOptions or PixelTransformerOptions => $"{network}",
        _ => network.GetType().Name.Replace("Options", "", StringComparison.Ordinal),
    };

    private static NetworkOptions Named(string name, NetworkOptions preset) => WideResNetName().Match(name) switch
    {
        { Success: true } match => (preset as WideResNetOptions ?? new()) with { Depth = Number(match, "depth"), Width = Number(match, "width") },
        _ => name.ToUpperInvariant() switch
        {
            "RESNET-18" or "RESNET18" => new ResNet18Options(),
            "RESNET-50" or "RESNET50" => new ResNet50Options(),
            "RESNET-18-SMALL" => new ResNet18Options { SmallImages = true },
            "RESNET-50-SMALL" => new ResNet50Options { SmallImages = true },
            _ => throw new ArgumentException($"--network is '{name}', expected wrn-DEPTH-WIDTH such as wrn-10-1 or wrn-28-10, resnet-18 or resnet-50, or resnet-18-small or resnet-50-small for images of 32x32."),
        },
    };

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^wrn-(?<depth>\d{1,4})-(?<width>\d{1,4})$", RegexOptions.IgnoreCase)]
    private static partial Regex WideResNetName();
}
