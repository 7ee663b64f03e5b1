using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Hdge.Cli;

/// <summary>The kinds of options that commands have. Numbers are read and shown in the invariant culture; a value that does not fit is named with what was expected.</summary>
internal static class CommandOptions
{
    /// <summary>One that must be given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="value">What the help calls its value.</param>
    /// <param name="description">For the help.</param>
    public static Option<string> Required(string name, string value, string description) => new(name) { Description = description, HelpName = value, Required = true };

    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    public static Option<string> Text(string name, string value, string description, string otherwise) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => otherwise };

    public static Option<bool> Flag(string name, string description)
    {
        var option = new Option<bool>(name) { Description = description, Arity = ArgumentArity.Zero };
        option.Validators.Add(found =>
        {
            if (found.IdentifierTokenCount > 1)
                found.AddError($"{name} is given twice.");
        });
        return option;
    }

    public static Option<int?> Whole(string name, string description, int least = 1) =>
        new(name) { Description = description, HelpName = "N", CustomParser = found => ParseWhole(found, name, least) };

    public static Option<int> Whole(string name, string description, int otherwise, int least) =>
        new(name) { Description = description, HelpName = "N", CustomParser = found => ParseWhole(found, name, least) ?? otherwise, DefaultValueFactory = _ => otherwise };

    public static Option<double?> Number(string name, string description) =>
        new(name) { Description = description, HelpName = "x", CustomParser = found => ParseNumber(found, name) };

    public static Option<double> Number(string name, string description, double otherwise) =>
        new(name) { Description = description, HelpName = "x", CustomParser = found => ParseNumber(found, name) ?? otherwise, DefaultValueFactory = _ => otherwise };

    /// <summary>Values with commas between them; given several times, they follow one another.</summary>
    public static Option<string[]> List(string name, string value, string description, params string[] otherwise) =>
        new(name)
        {
            Description = otherwise.Length == 0 ? description : $"{description} [default: {string.Join(',', otherwise)}]",
            HelpName = value,
            CustomParser = found => [.. found.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };

    /// <summary>A name of an enumeration, in any case of letters.</summary>
    public static Option<T?> Named<T>(string name, string value, string description) where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(n => n.ToLowerInvariant())];
        var option = new Option<T?>(name) { Description = $"{description}: {string.Join(", ", names)}", HelpName = value, CustomParser = Parse };
        option.CompletionSources.Clear();
        option.CompletionSources.Add(names);
        return option;

        T? Parse(ArgumentResult found)
        {
            string text = found.Tokens[0].Value;
            if (names.Contains(text, StringComparer.OrdinalIgnoreCase))
                return Enum.Parse<T>(text, ignoreCase: true);
            found.AddError($"{name} is '{text}', expected {string.Join(", ", names)}.");
            return null;
        }
    }

    /// <summary>Offers values to the shell's completion.</summary>
    public static Option<T> Offering<T>(this Option<T> option, params string[] values)
    {
        option.CompletionSources.Add(values);
        return option;
    }

    private static int? ParseWhole(ArgumentResult found, string name, int least)
    {
        string text = found.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least)
            return value;
        found.AddError(FormattableString.Invariant($"{name} is '{text}', expected a whole number of at least {least}."));
        return null;
    }

    private static double? ParseNumber(ArgumentResult found, string name)
    {
        string text = found.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 && double.IsFinite(value))
            return value;
        found.AddError($"{name} is '{text}', expected a number of at least 0.");
        return null;
    }
}
