using System.Reflection;

namespace Hdge.Tests.Scalars;

/// <summary>
/// Trials A1: a C# number given to an operator of TorchSharp becomes a finalizable <see cref="Scalar"/> of which only the handle is passed on, so the garbage collector may
/// free it while native code reads it. These tests read the compiled code: none of it makes a scalar that nothing holds, nor calls code of TorchSharp that does.
/// </summary>
public sealed class ImplicitScalarTests
{
    private static readonly Assembly s_own = typeof(HdgeModel).Assembly, s_torch = typeof(Scalar).Assembly;

    [Fact]
    public void Own_code_makes_scalars_in_one_place_alone() =>
        AssertNone(new CallGraph([s_own], []).Reached
            .Where(m => m.DeclaringType!.FullName != "Hdge.Held" && CallGraph.Calls(m).Any(c => Makes(c.Callee)))
            .SelectMany(m => CallGraph.Calls(m).Where(c => Makes(c.Callee)).Select(c => $"{m.DeclaringType}.{m.Name}: {c.Callee.Name}")).Order());

    [Fact]
    public void Code_of_TorchSharp_that_own_code_calls_makes_none()
    {
        var graph = new CallGraph([s_own], [s_torch]);
        AssertNone(graph.Reached.Where(m => m.Module == s_torch.ManifestModule && !Makes(m) && CallGraph.Calls(m).Any(c => Makes(c.Callee)))
            .Select(graph.Path).Order());
    }

    private static void AssertNone(IEnumerable<string> found) => Assert.True(!found.Any(), string.Join('\n', found));

    private static bool Makes(MethodBase method) => method is MethodInfo { ReturnType: var type } && type == typeof(Scalar);
}
