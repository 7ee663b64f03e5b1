using System.Buffers.Binary;
using System.IO.Compression;

namespace Packages.Tests;

/// <summary>What lies in the packages, and that a user's project takes it.</summary>
[Collection("Consumer")]
public class PackageTests(Consumer consumer)
{
    [Theory]
    [InlineData("Hdge.Core")]
    [InlineData("Hdge")]
    [InlineData("Hdge.Distributed")]
    [InlineData("Hdge.MLNet")]
    [InlineData("Hdge.MLNet.Onnx")]
    [InlineData("Hdge.MLNet.Serving")]
    public void DescribesItself(string id)
    {
        using ZipArchive package = consumer.Feed.Open(id), symbols = consumer.Feed.Open(id, "snupkg");

        Assert.Equal("MIT", consumer.Feed.Metadata(id, "license"));
        Assert.StartsWith("https://", consumer.Feed.Metadata(id, "projectUrl"), StringComparison.Ordinal);
        Assert.StartsWith("### ", consumer.Feed.Metadata(id, "releaseNotes"), StringComparison.Ordinal);
        Assert.DoesNotContain("## [", consumer.Feed.Metadata(id, "releaseNotes"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Feed.Repository, "README.md")), Bytes(package, consumer.Feed.Metadata(id, "readme")));
        byte[] icon = Bytes(package, consumer.Feed.Metadata(id, "icon"));
        Assert.Equal((128, 128), (BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20))));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{id}.pdb"));
        Assert.Equal([$"lib/net10.0/{id}.dll"], package.Entries.Select(e => e.FullName).Where(name => Path.GetExtension(name) is ".dll" or ".so" or ".exe"));
    }

    [Fact]
    public void AsksForVersionsThatFit()
    {
        string same = $"[{consumer.Feed.Version}]"; // they share internals
        const string Skia = "[2.88.9, 3.0.0)"; // Microsoft.ML.ImageAnalytics asks for 2.88.8, and was compiled for 2.x
        Assert.Equal(new() { ["CsvHelper"] = "33.1.0", ["MathNet.Numerics"] = "5.0.0", ["SkiaSharp"] = Skia, ["SkiaSharp.NativeAssets.Linux.NoDependencies"] = Skia }, consumer.Feed.Dependencies("Hdge.Core"));
        Assert.Equal(new() { ["Hdge.Core"] = same, ["TorchSharp"] = "[0.107.0, 0.108.0)", ["TorchSharp.PyBridge"] = "1.4.4" }, consumer.Feed.Dependencies("Hdge"));
        Assert.Equal(new() { ["Hdge"] = same, ["TorchSharp"] = "[0.107.0, 0.108.0)" }, consumer.Feed.Dependencies("Hdge.Distributed"));
        Assert.Equal(new() { ["Hdge"] = same, ["Microsoft.ML"] = "[5.0.1, 6.0.0)", ["Microsoft.ML.ImageAnalytics"] = "[5.0.1, 6.0.0)" }, consumer.Feed.Dependencies("Hdge.MLNet"));
        Assert.Equal(new() { ["Hdge.Core"] = same, ["Microsoft.ML"] = "[5.0.1, 6.0.0)", ["Microsoft.ML.ImageAnalytics"] = "[5.0.1, 6.0.0)", ["Microsoft.ML.OnnxRuntime.Managed"] = "1.31.1" }, consumer.Feed.Dependencies("Hdge.MLNet.Onnx"));
        Assert.Equal(new() { ["Hdge.Core"] = same, ["Microsoft.Extensions.ObjectPool"] = "10.0.15", ["Microsoft.ML"] = "[5.0.1, 6.0.0)" }, consumer.Feed.Dependencies("Hdge.MLNet.Serving"));
    }

    [Fact]
    public void InstallsAndBuildsWithoutAWarning()
    {
        string log = consumer.RestoreLog + consumer.Make("build").Log;

        // Microsoft.ML.TorchSharp asks for SkiaSharp 2.88.8; a feed without just that version warns of it (NU1603), whoever installs it.
        Assert.Equal("", string.Join('\n', log.Split('\n').Where(line => line.Contains("warning ", StringComparison.Ordinal) && !line.Contains("NU1603: Microsoft.ML", StringComparison.Ordinal))));
    }

    [Fact]
    public void RunsTheReadmesProgram()
    {
        (int code, string text) = consumer.Run(consumer.Make("build").Output);

        Assert.True(code == 0, text);
        Assert.NotEmpty(text);
        Assert.Single(Directory.GetFiles(consumer.Scratch("run"), "*.zip"));
    }

    private static byte[] Bytes(ZipArchive package, string name)
    {
        using Stream stream = package.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
