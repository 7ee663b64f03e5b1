using System.Reflection;
using System.Reflection.Emit;

namespace Hdge.Tests.Scalars;

/// <summary>
/// Trials A1: a C# number given to an operator of TorchSharp becomes a finalizable <see cref="Scalar"/> of which only the handle is passed on, so the garbage collector may
/// free it while native code reads it. These tests read the compiled code: none of ours makes a scalar but through <see cref="HeldScalar"/>, none of TorchSharp's managed code that ours
/// can call makes one that nobody holds. There is no list of exceptions. Hdge.MLNet's tests ask the same of that assembly.
/// </summary>
public sealed class ImplicitScalarTests
{
    [Fact]
    public void Only_HeldScalar_makes_scalars() =>
        ScalarRules.AssertNone(ScalarRules.Makers(typeof(HdgeModel).Assembly).Where(maker => maker != "Hdge.HeldScalar..ctor: ToScalar"));

    [Fact]
    public void Code_of_TorchSharp_that_can_be_called_makes_none() => ScalarRules.AssertNone(ScalarRules.UnheldInTorchSharp(typeof(HdgeModel).Assembly));

    [Fact]
    public void Only_TensorNumbers_reads_held_scalars_and_keeps_them_alive()
    {
        var getter = typeof(HeldScalar).GetProperty(nameof(HeldScalar.Scalar), BindingFlags.NonPublic | BindingFlags.Instance)!.GetMethod!;
        var readers = new CallGraph([typeof(HdgeModel).Assembly], []).Reached.Where(m => Calls(m, getter)).ToList();
        Assert.Equal([typeof(HeldScalar), typeof(TensorNumbers)], readers.Select(r => r.DeclaringType!).Distinct().OrderBy(t => t.Name));
        foreach (var reader in readers.Where(r => r.DeclaringType == typeof(TensorNumbers)))
        {
            bool makes = CallGraph.Calls(reader).Any(c => c.Code == OpCodes.Newobj && c.Callee.DeclaringType == typeof(HeldScalar));
            bool takes = reader.GetParameters().Any(p => p.ParameterType == typeof(HeldScalar)); // the others are held by static fields
            Assert.True(!makes || CallGraph.Calls(reader).Any(c => c.Callee.Name == nameof(IDisposable.Dispose)), $"{reader} does not dispose of its number after the call.");
            Assert.True(!takes || Calls(reader, typeof(GC).GetMethod(nameof(GC.KeepAlive))!), $"{reader} does not keep its number alive over the call.");
        }
    }

    [Fact]
    public void The_rules_find_what_they_look_for()
    {
        Assert.Contains("Hdge.Tests.Scalars.Bad.Product: op_Implicit", ScalarRules.Makers(typeof(Bad).Assembly));
        var unheld = ScalarRules.UnheldInTorchSharp(typeof(Bad).Assembly).ToList();
        foreach (string name in new[] { "functional.leaky_relu <- ", "Tensor.add <- ", "Tensor.square <- ", "BatchNorm.forward <- ", "SGD.<step>", "TensorExtensionMethods.ToSingle <- " })
            Assert.Contains(unheld, path => path.Contains(name, StringComparison.Ordinal));
    }

    private static bool Calls(MethodBase method, MethodBase callee) => CallGraph.Calls(method).Any(c => c.Callee == callee);
}

/// <summary>What the rules must find; never run.</summary>
internal static class Bad
{
    public static Tensor Product(Tensor x) => x.mul(2);

    public static Tensor Sum(Tensor x) => nn.functional.leaky_relu(x, 0.1) + x.square();

    public static float Through(Func<nn.Module<Tensor, Tensor>, Tensor> call, Tensor x)
    {
        using var network = nn.Sequential(nn.BatchNorm2d(3));
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        optimizer.step();
        return call(network).ToSingle();
    }
}
