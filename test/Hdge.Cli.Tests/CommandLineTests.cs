namespace Hdge.Cli.Tests;

public class OptionReaderTests
{
    private static OptionReader Read(params string[] args) => new(args, ["--seed", "--noise", "--list"], ["--resume"]);

    [Fact]
    public void Values_flags_and_what_is_missing()
    {
        var options = Read("--seed", "7", "--resume", "--noise", "0.25", "--list", "a, b,c");
        Assert.Equal(7, options.Whole("--seed"));
        Assert.Equal(0.25, options.Number("--noise"));
        Assert.Equal(["a", "b", "c"], options.List("--list")!);
        Assert.True(options.Has("--resume"));
        var none = Read();
        Assert.Null(none.Whole("--seed"));
        Assert.Null(none.List("--list"));
        Assert.False(none.Has("--resume"));
        Assert.Contains("--seed", Assert.Throws<ArgumentException>(() => none.Required("--seed")).Message, StringComparison.Ordinal);
        Assert.Null(options.Without("--seed").Whole("--seed"));
    }

    [Theory]
    [InlineData("'--sed'", "--sed", "1")]
    [InlineData("--seed needs a value", "--seed")]
    [InlineData("--resume is given twice", "--resume", "--resume")]
    public void Bad_lines_are_refused_by_name(string message, params string[] args) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Read(args)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("many")]
    public void Whole_numbers_have_a_least_value(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => Read("--seed", text).Whole("--seed")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    public void Numbers_are_finite_and_not_negative(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => Read("--noise", text).Number("--noise")).Message, StringComparison.Ordinal);
}
