using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace Packages.Tests;

/// <summary>All packages in a folder, packed from what was built, with a version that no other run has.</summary>
internal sealed class Feed
{
    public static readonly string[] Packages = ["Hdge.Core", "Hdge", "Hdge.Distributed", "Hdge.MLNet", "Hdge.MLNet.Onnx", "Hdge.MLNet.Serving"];

    public Feed(string folder)
    {
        Folder = folder;
        foreach (string project in Packages)
            Commands.Run(Repository, [], Commands.Dotnet, "pack", Path.Combine("src", project), "-c", About("Configuration"), "--no-build", "--nologo", "-v", "q", "-o", Folder, $"-p:Version={Version}");
    }

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = About("Repository");

    public string Folder { get; }

    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    /// <summary>The package's file, or its symbols' (snupkg).</summary>
    public ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Folder, $"{id}.{Version}.{extension}"));

    /// <summary>What the package's description of itself (nuspec) says under a name, or nothing.</summary>
    public string Metadata(string id, string name) => Nuspec(id).FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";

    /// <summary>The packages that a package asks for, with the versions that will do.</summary>
    public Dictionary<string, string> Dependencies(string id) =>
        Nuspec(id).Where(e => e.Name.LocalName == "dependency").ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);

    private IEnumerable<XElement> Nuspec(string id)
    {
        using ZipArchive package = Open(id);
        using Stream text = package.GetEntry($"{id}.nuspec")!.Open();
        return XElement.Load(text).Descendants();
    }

    private static string About(string key) => typeof(Feed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
