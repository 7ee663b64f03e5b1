namespace Hdge.Data;

/// <summary>Image files with their classes. Nothing of the files is read until <see cref="Read"/>. Made by <see cref="ImageFolder.Find"/> and <see cref="ImageCsv.Find"/>.</summary>
public sealed class LabelledFiles
{
    private readonly string[] _paths, _classNames;
    private readonly int[] _labels;

    /// <summary>Some files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="labels">One class a file, 0-based.</param>
    /// <param name="classNames">Names of the classes, at least one.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no class, or a label is out of range.</exception>
    public LabelledFiles(IReadOnlyList<string> paths, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        (_paths, _labels, _classNames) = ([.. paths], [.. labels], [.. classNames]);
        if (_paths.Length != _labels.Length || _classNames.Length == 0)
            throw new ArgumentException($"There are {_paths.Length} files, {_labels.Length} labels and {_classNames.Length} classes, expected a label for each file and at least one class.");
        if (Array.FindIndex(_labels, label => (uint)label >= (uint)_classNames.Length) is >= 0 and var wrong)
            throw new ArgumentException($"The label of '{_paths[wrong]}' is {_labels[wrong]}, expected 0..{_classNames.Length - 1}.", nameof(labels));
    }

    /// <summary>Number of files.</summary>
    public int Count => _paths.Length;

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>The class of each file, 0-based.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Names of the classes, in the order of their numbers.</summary>
    public IReadOnlyList<string> ClassNames => _classNames;

    /// <summary>The first <paramref name="count"/> files, or all where there are fewer.</summary>
    public LabelledFiles Take(int count) => count >= Count ? this : new(_paths[..count], _labels[..count], _classNames);

    /// <summary>Reads the files as images of one shape, on all cores.</summary>
    /// <param name="shape">With 1 (grey) or 3 (red, green, blue) channels.</param>
    /// <param name="options">How pictures become images, and what happens to damaged files. Default null: the defaults.</param>
    /// <param name="cache">Where the images are kept. Default null: the defaults, memory or disk by their size.</param>
    /// <param name="cancellationToken">Looked at between files.</param>
    /// <exception cref="ArgumentException">The shape has another number of channels, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read, and <see cref="PhotoOptions.Damaged"/> is to stop; or none can.</exception>
    /// <exception cref="IOException">The images are to be kept in a file, and there is no room.</exception>
    public LoadedImages Read(ImageShape shape, PhotoOptions? options = null, ImageCacheOptions? cache = null, CancellationToken cancellationToken = default) =>
        ReadOr(shape, options ?? new(), cache, $"{nameof(PhotoOptions)}.{nameof(PhotoOptions.Damaged)} = {nameof(DamagedAction.SkipAndCount)} goes on without such files.", cancellationToken);

    /// <summary>As <see cref="Read"/>, with another end of the message about a damaged file.</summary>
    internal LoadedImages ReadOr(ImageShape shape, PhotoOptions options, ImageCacheOptions? cache, string cure, CancellationToken cancellationToken)
    {
        var reader = new PhotoReader(shape, options);
        var (damaged, kept) = (new List<DamagedFile>(), new List<string>(Count));
        using var builder = new ImageSetBuilder(shape, cache: cache ?? new(), expectedCount: Count);
        var pixels = new byte[Math.Min(reader.WindowSize, Count) * shape.Length];
        for (int first = 0; first < Count; first += reader.WindowSize)
        {
            string[] window = _paths[first..Math.Min(Count, first + reader.WindowSize)];
            string?[] reasons = reader.Read(window, pixels, cancellationToken);
            for (int i = 0; i < window.Length; i++)
            {
                if (reasons[i] is { } reason)
                {
                    damaged.Add(new(window[i], reason));
                    if (options.Damaged == DamagedAction.Stop)
                        throw new InvalidDataException($"{damaged[^1]}. {cure}");
                    continue;
                }
                builder.Add(pixels.AsSpan(i * shape.Length, shape.Length), _labels[first + i]);
                kept.Add(window[i]);
            }
        }
        if (Count > 0 && kept.Count == 0)
            throw new InvalidDataException($"None of {Count} files could be read. The first: {damaged[0]}.");
        return new(builder.Build(_classNames.Length), _classNames, kept, damaged);
    }

    /// <summary>One line: how many files of how many classes.</summary>
    public override string ToString() => $"{Count} files of {_classNames.Length} classes";
}
