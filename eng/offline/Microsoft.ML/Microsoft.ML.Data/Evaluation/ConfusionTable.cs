using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>A confusion matrix as text: a row a true class, a column a predicted one. Names too long for a column are replaced by numbers there.</summary>
internal static class ConfusionTable
{
    private const string _predicted = "PREDICTED";

    public static string Format(ConfusionMatrix matrix, string[] names, bool isBinary)
    {
        var culture = CultureInfo.CurrentCulture;
        var n = matrix.NumberOfClasses;
        var width = n == 2 ? 8 : 5;
        var longest = names.Max(name => name.Length);
        var numbered = longest > width;
        var digits = (n - 1).ToString(culture).Length;
        var labelWidth = Math.Max(_predicted.Length, numbered ? longest + digits + 2 : longest);
        var ruler = string.Concat(Enumerable.Repeat(n > 2 ? "========" : "===========", n));

        string Head(string text) => $"{text.PadRight(labelWidth + 1)}||";
        string Label(int i) => numbered
            ? $"{i.ToString(culture).PadLeft(digits)}. {names[i].PadLeft(labelWidth - digits - 2)} ||"
            : $"{names[i].PadLeft(labelWidth)} ||";

        var text = new StringBuilder();
        if (isBinary)
        {
            var positives = matrix.Counts[0].Sum();
            var negatives = matrix.Counts[1].Sum();
            text.Append(culture, $"TEST {names[0].ToUpper(culture)} RATIO:\t{positives / (positives + negatives):N4} ({positives:F1}/({positives:F1}+{negatives:F1}))");
        }
        text.AppendLine().AppendLine("Confusion table");
        text.Append(Head("")).AppendLine(ruler);
        text.Append(Head(_predicted));
        for (var i = 0; i < n; i++)
            text.Append(culture, $" {(numbered ? i.ToString(culture) : names[i]).PadLeft(width)} |");
        text.AppendLine(" Recall");
        text.Append(Head("TRUTH")).AppendLine(ruler);
        for (var i = 0; i < n; i++)
        {
            text.Append(Label(i));
            foreach (var count in matrix.Counts[i])
                text.Append(culture, $" {count.ToString("N0", culture).PadLeft(width)} |");
            text.AppendLine(culture, $" {matrix.PerClassRecall[i].ToString("F4", culture),5}");
        }
        text.Append(Head("")).AppendLine(ruler);
        text.Append(Head("Precision"));
        foreach (var precision in matrix.PerClassPrecision)
            text.Append(culture, $"{precision.ToString("N4", culture).PadLeft(width + 1)} |");
        return text.AppendLine().ToString();
    }
}
