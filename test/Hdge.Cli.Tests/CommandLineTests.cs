using System.CommandLine;
using System.Globalization;

namespace Hdge.Cli.Tests;

public class CommandLineTests
{
    private readonly Option<int?> _seed = CommandOptions.Whole("--seed", "");
    private readonly Option<double> _noise = CommandOptions.Number("--noise", "", 0.03);
    private readonly Option<string[]> _list = CommandOptions.List("--list", "A", "");
    private readonly Option<bool> _resume = CommandOptions.Flag("--resume", "");

    private ParseResult Read(params string[] args) => new RootCommand { _seed, _noise, _list, _resume }.Parse(args);

    [Fact]
    public void Values_flags_and_what_is_missing()
    {
        var options = Read("--seed", "7", "--resume", "--noise", "0.25", "--list", "a, b,c", "--list", "d");
        Assert.Empty(options.Errors);
        Assert.Equal(7, options.GetValue(_seed));
        Assert.Equal(0.25, options.GetValue(_noise));
        Assert.Equal(["a", "b", "c", "d"], options.GetValue(_list)!);
        Assert.True(options.GetValue(_resume));
        var none = Read();
        Assert.Null(none.GetValue(_seed));
        Assert.Equal(0.03, none.GetValue(_noise));
        Assert.Empty(none.GetValue(_list) ?? []);
        Assert.False(none.GetValue(_resume));
        Assert.Contains("'--seed' is required", new RootCommand { CommandOptions.Required("--seed", "N", "") }.Parse([]).Errors.Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--sed'", "--sed", "1")]
    [InlineData("argument missing for option: '--seed'", "--seed")]
    [InlineData("--resume is given twice", "--resume", "--resume")]
    [InlineData("'--seed' expects a single argument", "--seed", "1", "--seed", "2")]
    public void Bad_lines_are_refused_by_name(string message, params string[] args) => Assert.Contains(message, Errors(args), StringComparison.Ordinal);

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("many")]
    public void Whole_numbers_have_a_least_value(string text) => Assert.Contains($"--seed is '{text}'", Errors("--seed", text), StringComparison.Ordinal);

    [Theory]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("0,5")]
    public void Numbers_are_finite_and_not_negative(string text) => Assert.Contains($"--noise is '{text}'", Errors("--noise", text), StringComparison.Ordinal);

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(0.25, Read("--noise", "0.25").GetValue(_noise));
            Assert.NotEmpty(Read("--noise", "0,25").Errors);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_command_tells_its_options_and_their_defaults()
    {
        var (exit, output, errors) = Terminal.Run();
        Assert.Equal((0, ""), (exit, errors));
        string[] commands = ["train", "evaluate", "score", "report", "sample", "ablate-k", "compare"];
        Assert.All(commands, command => Assert.Contains($"  {command} ", output, StringComparison.Ordinal));
        foreach (string command in commands)
        {
            (exit, output, errors) = Terminal.Run(command, "--help");
            Assert.Equal((0, ""), (exit, errors));
            Assert.Contains($"hdge {command}", output, StringComparison.Ordinal);
            Assert.Contains("--out", output, StringComparison.Ordinal);
        }
        Assert.Contains("[default: fast]", Terminal.Run("train", "--help").Output, StringComparison.Ordinal);
        Assert.Contains("[default: 64,128,256,65536]", Terminal.Run("ablate-k", "--help").Output, StringComparison.Ordinal);
        Assert.Contains("[default: 0.03]", Terminal.Run("evaluate", "--help").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hdge sc", "score")]
    [InlineData("hdge train --ob", "--objective")]
    [InlineData("hdge train --objective hdge-j", "hdge-jem")]
    [InlineData("hdge score --format js", "jsonl")]
    public void The_shell_is_told_how_a_word_may_end(string line, string expected)
    {
        var (exit, output, _) = Terminal.Run(FormattableString.Invariant($"[suggest:{line.Length}]"), line);
        Assert.Equal(0, exit);
        Assert.Equal(expected + Environment.NewLine, output);
    }

    private string Errors(params string[] args) => string.Join('\n', Read(args).Errors.Select(e => e.Message));
}
