using System.Reflection;
using Hdge.Networks;
using Hdge.Tests.Scalars;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Tests;

/// <summary>Random numbers where no generator of libtorch's can be had; the arithmetic is the same on every device.</summary>
public sealed class DeviceRandomTests
{
    private const int Count = 200_000;

    /// <summary>The first numbers after seed 1234567 as Vigna's splitmix64.c prints them (also Rosetta Code, "Pseudo-random numbers/Splitmix64").</summary>
    [Fact]
    public void Bits_are_those_of_SplitMix64()
    {
        using var bits = DeviceRandom.Bits(5, 1234567, CPU);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, bits.data<long>().Select(b => unchecked((ulong)b)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Uniform_numbers_are_the_highest_bits(bool isDouble)
    {
        using var bits = DeviceRandom.Bits(1000, -5, CPU);
        using var numbers = DeviceRandom.Uniform(1000, -5, isDouble, CPU);
        using var wide = numbers.to(float64);
        int shift = isDouble ? 11 : 40;
        Assert.Equal(bits.data<long>().Select(b => (unchecked((ulong)b) >> shift) / (double)(1UL << (64 - shift))), wide.data<double>());
        Assert.Equal(isDouble ? ScalarType.Float64 : ScalarType.Float32, numbers.dtype);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Normal_numbers_have_the_normal_distribution(bool isDouble)
    {
        using var numbers = DeviceRandom.Normal(Count, 77, isDouble, CPU);
        using var wide = numbers.to(float64);
        double[] sorted = [.. wide.data<double>().Order()];
        Assert.All(sorted, x => Assert.True(double.IsFinite(x)));
        double largest = sorted.Select((x, i) => Math.Abs((i + 0.5) / Count - MathNet.Numerics.Distributions.Normal.CDF(0, 1, x))).Max();
        Assert.True(largest < 1.95 / Math.Sqrt(Count), $"Kolmogorov's distance is {largest}."); // p = 0.001
        double[] drawn = [.. wide.data<double>()];
        double neighbours = drawn.Zip(drawn.Skip(1), (a, b) => a * b).Average();
        Assert.InRange(neighbours, -4 / Math.Sqrt(Count), 4 / Math.Sqrt(Count));
    }

    [Fact]
    public void On_the_processor_numbers_are_the_generators_own()
    {
        using var generator = new Generator(9);
        using var again = new Generator(9);
        using var filled = zeros(7).FillNormal(1, 2, generator);
        using var expected = zeros(7).normal_(1, 2, again);
        Assert.Equal(expected.data<float>().ToArray(), filled.data<float>().ToArray());
    }

    /// <summary>TorchSharp's generators are the processor's, whatever device they are asked for: where a tensor may be on a GPU only <see cref="DeviceRandom"/> may fill it. Initial weights are drawn on the processor.</summary>
    [Fact]
    public void Nothing_else_fills_a_tensor_from_a_generator()
    {
        string[] fillers = ["uniform_", "normal_", "bernoulli_", "random_", "exponential_", "bernoulli", "multinomial", "rand", "randn", "randint", "randperm"];
        var fills = from type in typeof(HdgeModel).Assembly.GetTypes()
                    from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)
                    from call in CallGraph.Calls(method)
                    where fillers.Contains(call.Callee.Name) && call.Callee.Module.Name == "TorchSharp.dll"
                    let owner = type.DeclaringType ?? type
                    where owner != typeof(DeviceRandom) && owner != typeof(Initialization) && !method.Name.Contains(nameof(Backbone.Initialize), StringComparison.Ordinal)
                    select $"{type.Name}.{method.Name}: {call.Callee.Name}";
        Assert.Empty(fills);
    }
}
