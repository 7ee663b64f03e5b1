using System.Text.Json;

namespace Packages.Tests;

/// <summary>
/// An empty console project outside this repository that installs Hdge.MLNet from a folder feed, beside Microsoft.ML.TorchSharp and TorchSharp-cpu,
/// and holds the README's program. Made once for all tests.
/// </summary>
public sealed class Consumer : IDisposable
{
    // Copies of libtorch take 1.2 GB a folder. That links are made is also what the tests about the package cache need.
    internal static readonly string[] HardLinks =
    [
        "-p:CreateHardLinksForCopyFilesToOutputDirectoryIfPossible=true", "-p:CreateHardLinksForCopyLocalIfPossible=true", "-p:CreateHardLinksForPublishFilesIfPossible=true",
    ];

    // Not in the memory that /tmp is on some systems, and where links to the package cache are more likely to be possible.
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/var/tmp") ? "/var/tmp" : Path.GetTempPath(), $"hdge-packages-{Guid.NewGuid():N}")).FullName;
    private readonly Dictionary<string, (string Output, string Log)> _built = [];
    private readonly Feed _feed;

    public Consumer()
    {
        _feed = new Feed(Path.Combine(_folder, "feed"));
        Directory.CreateDirectory(Project);
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""<configuration><packageSources><add key="hdge-test" value="{_feed.Folder}" /></packageSources></configuration>""");
        File.WriteAllText(Path.Combine(Project, "Program.cs"), ReadmeProgram.Text());
        File.WriteAllText(Path.Combine(Project, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Hdge.MLNet" Version="{_feed.Version}" />
                <PackageReference Include="Microsoft.ML.TorchSharp" Version="0.23.1" />
                <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
              </ItemGroup>
            </Project>
            """);
        RestoreLog = Commands.Run(Project, [], Commands.Dotnet, "restore");
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Project, "obj", "project.assets.json")));
        Cache = assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
        Make("build"); // first of all, whatever the order of the tests: it prints what later ones find done
    }

    internal Feed Feed => _feed;

    /// <summary>Where the project is.</summary>
    public string Project => Path.Combine(_folder, "App");

    /// <summary>What the restore printed.</summary>
    public string RestoreLog { get; }

    /// <summary>The machine's package cache.</summary>
    public string Cache { get; }

    /// <summary>A folder for what a test writes.</summary>
    public string Scratch(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    /// <summary>Builds or publishes, once for all who ask for the same: the output folder, and what was printed.</summary>
    public (string Output, string Log) Make(string verb, params string[] arguments)
    {
        string key = string.Join(' ', [verb, .. arguments]);
        if (!_built.TryGetValue(key, out (string Output, string Log) made))
        {
            made.Output = Path.Combine(_folder, $"out{_built.Count}");
            made.Log = Commands.Run(Project, [], Commands.Dotnet, [verb, "-c", "Release", "--nologo", "-tl:off", "-o", made.Output, .. HardLinks, .. arguments]);
            _built[key] = made;
        }

        return made;
    }

    /// <summary>Runs the built program: exit code, and all it printed.</summary>
    public (int Code, string Text) Run(string output, params (string Name, string Value)[] environment) =>
        Commands.Try(Scratch("run"), [("OMP_NUM_THREADS", "1"), .. environment], Commands.Dotnet, Path.Combine(output, "App.dll"));

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        foreach (string folder in Feed.Packages.Select(id => Path.Combine(Cache, id.ToLowerInvariant(), _feed.Version)).Where(Directory.Exists)) // not all are installed
            Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Tests that share the project.</summary>
[CollectionDefinition("Consumer")]
public sealed class ConsumerTests : ICollectionFixture<Consumer>;
