namespace Hdge.Tests;

internal static class Failures
{
    public static int Run(string[] args) => 1;
}
