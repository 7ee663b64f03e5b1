using Hdge.Reports;
using Hdge.Cli.Evaluation;
using Hdge.Cli.Training;

namespace Hdge.Cli.Tests;

public class TableTests
{
    [Fact]
    public void Steps_are_compared_with_cross_entropy_and_hdge()
    {
        var table = CompareCommand.Table([("cross-entropy", Run(20)), ("hdge", Run(25)), ("jem", Run(400)), ("in-batch", null)]);
        double Of(string row, string column) => table.Rows.Single(r => r.Name == row).Values[table.Columns.ToList().IndexOf(column)];
        Assert.Equal(20, Of("jem", "step ÷ cross-entropy"));
        Assert.Equal(16, Of("jem", "step ÷ HDGE"));
        Assert.Equal(1.25, Of("hdge", "step ÷ cross-entropy"));
        Assert.Equal(0.9, Of("hdge", "accuracy"));
        Assert.Contains("JEM ÷ HDGE step time: 16.0", table.Note, StringComparison.Ordinal);
        Assert.All(table.Rows[3].Values, v => Assert.True(double.IsNaN(v)));
        Assert.All(table.Rows, r => Assert.Equal(table.Columns.Count, r.Values.Count));
    }

    [Fact]
    public void Markdown_has_a_line_a_row()
    {
        var table = new MetricTable("T", ["a|b", "c"], [new("x", [1.26, double.NaN])]) { Format = "F1", Note = "n" };
        Assert.Equal("### T\n\n| Score | a\\|b | c |\n| --- | ---: | ---: |\n| x | 1.3 | – |\n\nn\n", ConsoleTables.Markdown(table));
    }

    [Fact]
    public void Published_rows_stand_above_ours_for_the_sets_that_were_measured()
    {
        var table = Published.Beside("T", Published.LogDensity, new Dictionary<string, double> { ["celeba"] = 0.7, ["letters"] = 0.1, ["svhn"] = 0.6 })!;
        Assert.Equal(["svhn", "celeba"], table.Columns);
        Assert.Equal([0.96, 0.80], table.Rows.Single(r => r.Name.StartsWith("HDGE", StringComparison.Ordinal)).Values);
        Assert.Equal([0.6, 0.7], table.Rows[^1].Values);
        Assert.Null(Published.Beside("T", Published.LogDensity, new Dictionary<string, double> { ["letters"] = 0.1 }));
    }

    private static RunSummary Run(double step) => new()
    {
        Settings = new() { Objective = "x", Dataset = "d" },
        TrainImages = 100,
        Classes = 10,
        EpochKept = 1,
        Steps = 5,
        Loss = 1,
        Temperature = 1,
        StepMilliseconds = step,
        Seconds = 1,
        Test = new(50, 0.9, 0.3, 0.02, 0.01),
    };
}
