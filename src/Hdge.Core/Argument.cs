using System.Runtime.CompilerServices;

namespace Hdge;

/// <summary>Range checks of options and arguments, with one form of message.</summary>
internal static class Argument
{
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="valid"/> is false; the message names the option, what was found and what was expected.</exception>
    public static void Require(bool valid, object value, string expected, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(name, $"{name} is {value}, expected {expected}."); // with the value beside it, .NET adds that to the message in the machine's language
    }
}
