using System.IO.Compression;

namespace Packages.Tests;

/// <summary>The copy of libLibTorchSharp.so that applications on an older Linux get (eng/native, shipped in the package Hdge).</summary>
[Collection("Consumer")]
public class NativeFixTests(Consumer consumer)
{
    private const string Always = "-p:HdgeFitLibTorchSharp=true", Never = "-p:HdgeFitLibTorchSharp=false";
    private const string Line = "Hdge: libLibTorchSharp.so asks for a newer libstdc++";

    /// <summary>As TorchSharp's package holds it.</summary>
    private byte[] Original
    {
        get
        {
            using ZipArchive package = ZipFile.OpenRead(Path.Combine(consumer.Cache, "torchsharp", "0.107.0", "torchsharp.0.107.0.nupkg"));
            using Stream stream = package.GetEntry("runtimes/linux-x64/native/" + NativeLibraryFile.Name)!.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    [LinuxFact]
    public void ABuildUsesTheCopyThatThisSystemNeeds()
    {
        (string output, string log) = consumer.Make("build");

        Assert.Equal(NativeLibraryFile.FitForThisSystem(Original), Built(output));
        Assert.Equal(NativeLibraryFile.IsTooNew ? 1 : 0, log.Split('\n').Count(line => line.Contains(Line, StringComparison.Ordinal)));
    }

    [OlderLinuxFact]
    public void WithoutTheCopyItDoesNotLoad()
    {
        (string output, string log) = consumer.Make("build", Never);
        (int code, string text) = consumer.Run(output);

        Assert.Equal(Original, Built(output));
        Assert.DoesNotContain("Hdge:", log, StringComparison.Ordinal);
        Assert.NotEqual(0, code);
        Assert.Matches(@"LibtorchException: TorchSharp.s native library needs GLIBCXX_3\.4\.3\d of libstdc\+\+, found GLIBCXX_3\.4\.\d+\.", text);
    }

    [LinuxFact]
    public void ForOlderSystemsBothEntriesChangeAndAllSymbolsBind()
    {
        string output = consumer.Make("build", Always).Output;
        (int code, string text) = consumer.Run(output, ("LD_BIND_NOW", "1"));

        Assert.Equal(NativeLibraryFile.Changed(Original, marker: true, wait: true), Built(output));
        // Flag, four bytes of the hash (less those that are equal), two of the name's place.
        Assert.InRange(Original.Zip(Built(output)).Count(pair => pair.First != pair.Second), 3, 1 + 4 + 4);
        Assert.True(code == 0, text);
    }

    [LinuxFact]
    public void APublishedFolderHasIt()
    {
        (string output, _) = consumer.Make("publish");

        Assert.Equal(NativeLibraryFile.FitForThisSystem(Original), Built(output));
    }

    [LinuxFact]
    public void ASelfContainedApplicationHasItAndRuns()
    {
        (string output, _) = consumer.Make("publish", "-r", "linux-x64", "--self-contained");

        Assert.Equal(NativeLibraryFile.FitForThisSystem(Original), File.ReadAllBytes(Path.Combine(output, NativeLibraryFile.Name)));
        Commands.Run(consumer.Scratch("run-self-contained"), [("OMP_NUM_THREADS", "1"), ("DOTNET_ROOT", "/nowhere")], Path.Combine(output, "App"));
    }

    [LinuxFact]
    public void ABuildForAnotherSystemIsLeftAlone()
    {
        (string output, string log) = consumer.Make("build", "-r", "osx-arm64", "--no-self-contained", "-p:UseAppHost=false", Always);

        Assert.DoesNotContain("Hdge:", log, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(output, NativeLibraryFile.Name, SearchOption.AllDirectories));
    }

    [LinuxFact]
    public void ThePackageCacheIsNeverWrittenTo()
    {
        consumer.Make("build");
        consumer.Make("build", Never);
        consumer.Make("build", Always);
        consumer.Make("publish");

        Assert.Equal(Original, File.ReadAllBytes(Path.Combine(consumer.Cache, "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", NativeLibraryFile.Name)));
    }

    [LinuxFact]
    public void AnUnknownFileIsLeftAloneAndItIsSaid()
    {
        string folder = consumer.Scratch("unknown"), file = Path.Combine(folder, NativeLibraryFile.Name);
        byte[] unknown = Original;
        unknown[^1] ^= 1;
        File.WriteAllBytes(file, unknown);

        string log = Resolve(folder, file);

        Assert.Contains($"Hdge: {file} (SHA-256 ", log, StringComparison.Ordinal);
        Assert.Contains($"used: {file}\n", log.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(unknown, File.ReadAllBytes(file));
    }

    [LinuxFact]
    public void TheCopyGoesWhereIntermediateFilesGo()
    {
        string folder = consumer.Scratch("known"), file = Path.Combine(folder, NativeLibraryFile.Name), copy = Path.Combine(folder, "elsewhere", "hdge-native", NativeLibraryFile.Name);
        File.WriteAllBytes(file, Original);

        string log = Resolve(folder, file);

        Assert.Contains($"used: {copy}\n", log.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(NativeLibraryFile.Changed(Original, marker: true, wait: true), File.ReadAllBytes(copy));
        Assert.Equal(Original, File.ReadAllBytes(file));
    }

    private static byte[] Built(string output) => File.ReadAllBytes(Path.Combine(output, "runtimes", "linux-x64", "native", NativeLibraryFile.Name));

    /// <summary>Runs the shipped targets alone, with a file as what the package resolved to and an absolute folder for intermediate files (as with UseArtifactsOutput).</summary>
    private string Resolve(string folder, string file)
    {
        string project = Path.Combine(folder, "Resolve.proj");
        File.WriteAllText(project, $"""
            <Project>
              <PropertyGroup>
                <IntermediateOutputPath>{Path.Combine(folder, "elsewhere")}/</IntermediateOutputPath>
              </PropertyGroup>
              <Target Name="ResolvePackageAssets">
                <ItemGroup>
                  <NativeCopyLocalItems Include="{file}" NuGetPackageId="TorchSharp" />
                </ItemGroup>
              </Target>
              <Target Name="Say" DependsOnTargets="ResolvePackageAssets">
                <Message Importance="high" Text="used: @(NativeCopyLocalItems)" />
              </Target>
              <Import Project="{Path.Combine(consumer.Cache, "hdge", consumer.Feed.Version, "buildTransitive", "Hdge.targets")}" />
            </Project>
            """);
        return Commands.Run(folder, [], Commands.Dotnet, "msbuild", project, "-t:Say", "-nologo", "-tl:off", Always);
    }
}
