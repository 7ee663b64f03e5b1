using System.Globalization;

namespace Hdge.Cli;

/// <summary>A command's options: <c>--name value</c> pairs and flags without a value, each at most once.</summary>
internal sealed class OptionReader
{
    private readonly Dictionary<string, string> _values = [];

    /// <param name="args">What follows the command.</param>
    /// <param name="valued">Names of the options that take a value, with their dashes.</param>
    /// <param name="flags">Names of those that do not.</param>
    public OptionReader(IReadOnlyList<string> args, string[] valued, string[] flags)
    {
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string value = "";
            if (valued.Contains(name))
                value = ++i < args.Count ? args[i] : throw new ArgumentException($"{name} needs a value.");
            else if (!flags.Contains(name))
                throw new ArgumentException($"Unknown option '{name}'. Known: {string.Join(", ", valued.Concat(flags))}.");
            if (!_values.TryAdd(name, value))
                throw new ArgumentException($"{name} is given twice.");
        }
    }

    private OptionReader(Dictionary<string, string> values) => _values = values;

    /// <summary>The options but one.</summary>
    public OptionReader Without(string name) => new(_values.Where(v => v.Key != name).ToDictionary());

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new ArgumentException($"{name} is missing.");

    /// <summary>The parts between commas; null where the option is not given.</summary>
    public string[]? List(string name) => Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public int? Whole(string name, int least = 1) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least ? value
        : throw new ArgumentException($"{name} is '{text}', expected a whole number of at least {least}.");

    public double? Number(string name, double least = 0) =>
        Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && double.IsFinite(value) ? value
        : throw new ArgumentException($"{name} is '{text}', expected a number of at least {least}.");
}
