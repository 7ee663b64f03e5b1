using System.Reflection;

namespace Hdge.Tests.Scalars;

/// <summary>Looks for scalars of TorchSharp that nobody holds, in compiled code.</summary>
internal static class ScalarRules
{
    private static readonly Assembly s_torch = typeof(TorchSharp.Scalar).Assembly;

    /// <summary>Methods of an assembly that call something of TorchSharp which answers a scalar: a conversion, implicit or not.</summary>
    public static IEnumerable<string> Makers(Assembly own) =>
        new CallGraph([own], []).Reached.SelectMany(m => CallGraph.Calls(m).Where(c => Makes(c.Callee)).Select(c => $"{m.DeclaringType}.{m.Name}: {c.Callee.Name}")).Distinct().Order();

    /// <summary>
    /// Methods of TorchSharp, with the way to them, that an assembly can call and that make a scalar other than to answer it; what a field holds for good would be found, too.
    /// </summary>
    public static IEnumerable<string> UnheldInTorchSharp(Assembly own)
    {
        var graph = new CallGraph([own], [s_torch]);
        return graph.Reached.Where(m => m.Module == s_torch.ManifestModule && !Makes(m) && CallGraph.Calls(m).Any(c => Makes(c.Callee))).Select(graph.Path).Order();
    }

    public static void AssertNone(IEnumerable<string> found) => Xunit.Assert.True(!found.Any(), string.Join('\n', found));

    private static bool Makes(MethodBase method) => method is MethodInfo { ReturnType: var type } && type == typeof(TorchSharp.Scalar) && method.Module == s_torch.ManifestModule;
}
