using System.Text.Json;
using Hdge.Data;

namespace FleetScoring;

/// <summary>Cuts a folder or a list of images into shards.</summary>
internal static class Planner
{
    /// <summary>Writes the plan. The same again changes nothing.</summary>
    /// <param name="input">A folder, all files of which are taken, however deep; or a text file with a path a line, relative to its folder.</param>
    /// <param name="model">A model.zip or an .onnx file; it is copied into the folder.</param>
    /// <param name="folder">Takes the plan, and the results later.</param>
    /// <param name="size">Images a shard.</param>
    /// <exception cref="InvalidDataException">No images, one twice, a model that cannot be used, or a folder with another plan.</exception>
    public static Plan Write(string input, string model, string folder, int size)
    {
        bool isFolder = Directory.Exists(input);
        string root = Path.GetFullPath(isFolder ? input : Path.GetDirectoryName(Path.GetFullPath(input))!);
        if (isFolder && (Path.GetFullPath(folder) + Path.DirectorySeparatorChar).StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ArgumentException($"--out '{folder}' lies in '{input}': its own files would count as images. Choose a folder elsewhere.");
        string[] inputs = [.. (isFolder ? ImageFolder.Files(root) : Listed(input, root)).Select(path => Path.GetRelativePath(root, path))];
        if (inputs.Length == 0)
            throw new InvalidDataException($"'{input}' holds no images.");
        if (inputs.GroupBy(path => path, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            throw new InvalidDataException($"'{input}' names '{twice.Key}' {twice.Count()} times, expected every image once.");
        FleetModel.Load(model).Dispose();

        Directory.CreateDirectory(folder);
        string draft = Path.Combine(folder, $"{Plan.InputsName}.{Guid.NewGuid():N}.part");
        try
        {
            var shards = WriteInputs(draft, inputs, size);
            var plan = new Plan("model" + Path.GetExtension(model), Plan.Sha256(model), Plan.Sha256(draft), root, inputs.Length, shards);
            if (File.Exists(Path.Combine(folder, Plan.FileName)))
                return Plan.Read(folder).Id == plan.Id ? plan : throw new InvalidDataException($"'{folder}' holds another plan (other images, model or shards). Take another folder, or remove it.");
            Whole.Write(Path.Combine(folder, plan.Model), file =>
            {
                using var from = File.OpenRead(model);
                from.CopyTo(file);
            });
            File.Move(draft, Path.Combine(folder, Plan.InputsName), overwrite: true);
            Directory.CreateDirectory(Path.Combine(folder, Results.FolderName));
            Whole.Write(Path.Combine(folder, Plan.FileName), file => file.Write(plan.Bytes()));
            return plan;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static IEnumerable<string> Listed(string list, string root) => File.Exists(list)
        ? File.ReadLines(list).Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => Path.GetFullPath(line, root))
        : throw new FileNotFoundException($"There is no folder or list of images '{list}'.");

    private static List<Shard> WriteInputs(string path, string[] inputs, int size)
    {
        var shards = new List<Shard>();
        Whole.Write(path, file =>
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (i % size == 0)
                    shards.Add(new(i, Math.Min(size, inputs.Length - i), file.Position));
                JsonSerializer.Serialize(file, inputs[i]);
                file.WriteByte((byte)'\n');
            }
        });
        return shards;
    }
}

/// <summary>Files that appear only when they are whole and on the disk.</summary>
internal static class Whole
{
    public static void Write(string path, Action<FileStream> write)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part"; // of this writer alone: another may be at the same
        try
        {
            using (var file = new FileStream(part, FileMode.CreateNew))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
