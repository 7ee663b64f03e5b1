using Hdge.Distributed;

namespace Hdge.Tests;

/// <summary>Hdge.Distributed knows the method and TorchSharp alone; nothing below knows MPI.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void TheBackendKnowsTheMethodAlone()
    {
        Assert.Equal(["Hdge", "TorchSharp"], typeof(MpiOptions).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal)).Order());
        Assert.DoesNotContain(typeof(HdgeModel).Assembly.GetReferencedAssemblies(), a => a.Name == "Hdge.Distributed");
    }
}
