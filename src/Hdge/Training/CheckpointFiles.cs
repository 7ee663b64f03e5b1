using Hdge.Persistence;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// The up to three files of a run: the newest state under the path itself, the one before as <c>path.previous</c>, and <c>path.partial</c> while a file is being
/// written, which is whole for the moment before it gets its name. Whenever the process is killed one of them is the newest state that was ever whole:
/// only a file that this process has read or written whole takes the place of the previous one.
/// </summary>
internal sealed class CheckpointFiles(string path)
{
    private readonly string _partial = WholeFile.Partial(path), _previous = Previous(path);
    private bool _newestIsWhole, _partialIsWhole;

    public static string Previous(string path) => path + ".previous";

    /// <summary>Whether there is a state to lose.</summary>
    public bool Exist => File.Exists(path) || File.Exists(_previous) || Whole(_partial) is not null;

    /// <summary>Bytes that the files take.</summary>
    public long Length => new[] { path, _previous, _partial }.Where(File.Exists).Sum(name => new FileInfo(name).Length);

    /// <summary>Reads the furthest state that is whole; null where there is none, and none that is damaged.</summary>
    /// <exception cref="InvalidDataException">All there are are damaged.</exception>
    public (CheckpointDescription Description, Dictionary<string, Tensor> Tensors, string Path)? ReadNewest(Action<string> log)
    {
        var (newest, newestDamage) = Inspect(path);
        var (previous, previousDamage) = Inspect(_previous);
        var partial = Whole(_partial);
        if ((newest ?? partial ?? previous) is null)
            return (newestDamage ?? previousDamage) is { } damage ? throw damage : null;
        (CheckpointDescription? State, string Path)[] files = [(newest, path), (partial, _partial), (previous, _previous)];
        string from = files.MaxBy(file => file.State?.Epoch ?? -1).Path; // the first of equals
        if (newestDamage is not null)
            log($"{newestDamage.Message}. '{from}' is taken instead.");
        (_newestIsWhole, _partialIsWhole) = (newest is not null, from == _partial);
        var (description, tensors) = Checkpoint.Read(from);
        if (_partialIsWhole)
            Promote();
        return (description, tensors, from == _partial ? path : from);
    }

    /// <summary>Writes a state and makes it the newest. Where that fails the states so far stay.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(CheckpointDescription description, IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (_partialIsWhole) // the last one could be written but not renamed
            Promote();
        WholeFile.WritePartial(path, file => Checkpoint.Write(file, description, tensors));
        _partialIsWhole = true;
        Promote();
    }

    private void Promote()
    {
        if (_newestIsWhole && File.Exists(path))
            WholeFile.Rename(path, _previous);
        WholeFile.Rename(_partial, path);
        (_newestIsWhole, _partialIsWhole) = (true, false);
    }

    /// <summary>A file that was being written when the process was killed is no damage worth a word.</summary>
    private static CheckpointDescription? Whole(string file) => Inspect(file).Description;

    private static (CheckpointDescription? Description, InvalidDataException? Damage) Inspect(string file)
    {
        try
        {
            return (File.Exists(file) ? Checkpoint.Inspect(file) : null, null);
        }
        catch (InvalidDataException error)
        {
            return (null, error);
        }
    }
}
