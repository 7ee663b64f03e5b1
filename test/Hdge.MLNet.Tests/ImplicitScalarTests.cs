using Hdge.Tests.Scalars;

namespace Hdge.MLNet.Tests;

/// <summary>Trials A1, as in Hdge's tests: no scalar that nobody holds is made by this assembly or by what it calls.</summary>
public sealed class ImplicitScalarTests
{
    [Fact]
    public void Nothing_here_makes_scalars()
    {
        ScalarRules.AssertNone(ScalarRules.Makers(typeof(HdgeTrainer).Assembly));
        ScalarRules.AssertNone(ScalarRules.UnheldInTorchSharp(typeof(HdgeTrainer).Assembly));
    }
}
