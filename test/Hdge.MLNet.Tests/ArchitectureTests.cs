using System.Reflection;
using Microsoft.ML;
using NetArchTest.Rules;

namespace Hdge.MLNet.Tests;

/// <summary>Arrows point down only: what may know what, between the packages and between the rooms of one.</summary>
public class ArchitectureTests
{
    private static readonly Assembly s_core = typeof(Hdge.Data.ImageSet).Assembly, s_method = typeof(HdgeModel).Assembly;

    [Fact]
    public void CoreKnowsNeitherTensorsNorMLNetAndTheMethodNotMLNet()
    {
        Assert.NotEqual(s_core, s_method);
        Holds(Types.InAssembly(s_core).ShouldNot().HaveDependencyOnAny("TorchSharp", "Microsoft.ML"));
        Holds(Types.InAssembly(s_method).ShouldNot().HaveDependencyOn("Microsoft.ML"));
        Assert.DoesNotContain(s_core.GetReferencedAssemblies(), a => a.Name!.StartsWith("TorchSharp", StringComparison.Ordinal) || a.Name.StartsWith("Microsoft.ML", StringComparison.Ordinal) || a.Name == "Hdge");
        Assert.DoesNotContain(s_method.GetReferencedAssemblies(), a => a.Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal) || a.Name == "Hdge.MLNet");
        Assert.Contains(typeof(HdgeTrainer).Assembly.GetReferencedAssemblies(), a => a.Name == "Hdge"); // or the names above mean nothing
        Assert.Contains(s_method.GetReferencedAssemblies(), a => a.Name == "TorchSharp");
        Assert.False(Types.InAssembly(typeof(HdgeTrainer).Assembly).ShouldNot().HaveDependencyOn("Microsoft.ML").GetResult().IsSuccessful);
    }

    /// <summary>In order: a room knows those before it and none after, so there is no cycle.</summary>
    [Fact]
    public void RoomsOfCoreKnowThoseBeforeThemAlone()
    {
        InOrder(s_core, "Hdge.Data", "Hdge.Persistence", "Hdge.Metrics", "Hdge.Detection", "Hdge.Conformal", "Hdge.Calibration", "Hdge.Reports");
        Assert.False(Types.InAssembly(s_core).That().ResideInNamespace("Hdge.Calibration").ShouldNot().HaveDependencyOn("Hdge.Metrics").GetResult().IsSuccessful); // it sees what is there
    }

    [Fact]
    public void RoomsOfTheMethodKnowThoseBeforeThemAlone()
    {
        // Objectives and training know each other: the options of a run hold its objective, and an objective brings the run's last stage.
        InOrder(s_method, "Hdge.Distributed", "Hdge.Networks", "Hdge.Sampling", "Hdge.Robustness", "Hdge.Objectives");
        InOrder(s_method, "Hdge.Distributed", "Hdge.Networks", "Hdge.Sampling", "Hdge.Robustness", "Hdge.Training");
    }

    [Fact]
    public void NothingThatMakesAModelKnowsTheReports() =>
        Holds(Types.InAssembly(s_method).That().ResideInNamespaceMatching("^Hdge\\.(Networks|Sampling|Robustness|Objectives|Detection|Training|Persistence)").ShouldNot().HaveDependencyOn("Hdge.Reports"));

    private static void InOrder(Assembly assembly, params string[] rooms)
    {
        for (int i = 0; i < rooms.Length; i++)
        {
            var room = Types.InAssembly(assembly).That().ResideInNamespace(rooms[i]);
            Assert.NotEmpty(room.GetTypes());
            if (i + 1 < rooms.Length)
                Holds(room.ShouldNot().HaveDependencyOnAny(rooms[(i + 1)..]));
        }
    }

    private static void Holds(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, $"Must not know what lies above: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
