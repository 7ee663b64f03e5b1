namespace Microsoft.ML.Offline;

/// <summary>Argument and state checks that throw what ML.NET throws: out-of-range for bad arguments, null, invalid operation, bad format.</summary>
internal static class Guard
{
    // ML.NET marks its own exceptions with this key, and wraps a marked one differently when it comes out of a loader.
    private const string _marker = "ML_IsMarked";

    public static TException Mark<TException>(TException exception)
        where TException : Exception
    {
        exception.Data[_marker] = 1;
        return exception;
    }

    public static bool IsMarked(Exception exception) => exception.Data.Contains(_marker);

    public static T NotNull<T>(T value, string name)
        where T : class
        => value ?? throw Mark(new ArgumentNullException(name));

    public static string NotEmpty(string value, string name)
        => string.IsNullOrEmpty(value) ? throw BadArgument(name, $"{name} cannot be null or empty") : value;

    public static T[] NotEmpty<T>(T[] value, string name)
        => value is null || value.Length == 0 ? throw BadArgument(name, $"{name} cannot be null or empty") : value;

    public static void Argument(bool ok, string name, string message = "The value is not valid here.")
    {
        if (!ok)
            throw BadArgument(name, message);
    }

    public static void State(bool ok, string message)
    {
        if (!ok)
            throw BadState(message);
    }

    public static void Format(bool ok, string message)
    {
        if (!ok)
            throw BadFormat(message);
    }

    public static Exception BadArgument(string name, string message) => Mark(new ArgumentOutOfRangeException(name, message));

    public static Exception BadState(string message, Exception inner = null) => Mark(new InvalidOperationException(message, inner));

    public static Exception BadFormat(string message, Exception inner = null) => Mark(new FormatException(message, inner));

    public static Exception MissingColumn(string role, string name, string argument = "inputSchema")
        => BadArgument(argument, $"Could not find {role} column '{name}'");

    public static Exception WrongColumnType(string role, string name, string expected, string actual, string argument = "inputSchema")
        => BadArgument(argument, $"Schema mismatch for {role} column '{name}': expected {expected}, got {actual}");
}
