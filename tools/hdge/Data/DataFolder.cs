using System.Text.RegularExpressions;
using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>Images to learn from, and to test on where there are some.</summary>
internal sealed record DataSet(ImageSet Train, ImageSet? Test)
{
    /// <summary>Names of the classes, where their folders have some.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }
}

/// <summary>
/// Finds the training and test images in a folder of IDX or CIFAR-binary files, in one such file, or in a folder of photographs by class.
/// Every name of IDX and CIFAR-binary files may end in .gz.
/// </summary>
internal static partial class DataFolder
{
    private const string Expected = "train-images-idx3-ubyte and train-labels-idx1-ubyte (IDX), data_batch_1.bin … and test_batch.bin (CIFAR-10), train.bin and test.bin (CIFAR-100), or a folder of photographs for each class";

    private const string TrainPart = "train", TestPart = "test";

    /// <summary>The training images, and the test images where there are some.</summary>
    /// <param name="path">A folder, or a CIFAR-binary file, which is then the training images.</param>
    /// <param name="limit">Takes the first images of each part only.</param>
    /// <param name="shape">What photographs are brought to; null for <see cref="ShapeText.Default"/>.</param>
    /// <param name="skip">Told of each photograph that cannot be read, which is left out; null ends with the first.</param>
    public static DataSet Load(string path, int? limit = null, ImageShape? shape = null, Action<DamagedFile>? skip = null)
    {
        if (File.Exists(path))
            return new(Limited(Cifar([path], 0), limit), null);
        if (Idx(path, "train", 0, labelsNeeded: true) is { } train)
            return new(Limited(train, limit), Idx(path, "t10k", train.ClassCount, labelsNeeded: true) is { } test ? Limited(test, limit) : null);
        var (training, testing) = CifarFiles(path);
        if (training.Length == 0)
            return Photographs(path, limit, shape ?? ShapeText.Default, skip);
        var first = Cifar(training, 0);
        return new(Limited(first, limit), testing.Length == 0 ? null : Limited(Cifar(testing, first.ClassCount), limit));
    }

    /// <summary>The test images of a folder, or a file's images.</summary>
    /// <param name="path">A folder, or a CIFAR-binary or IDX file.</param>
    /// <param name="limit">Takes the first images only.</param>
    /// <param name="classCount">Classes that labels may name; null where the labels mean nothing here: they need not be there.</param>
    /// <param name="shape">What photographs are brought to; null refuses them.</param>
    /// <param name="classNames">Names of the classes, which photographs' folders have; null for the folders' own.</param>
    /// <param name="skip">Told of each photograph that cannot be read, which is left out; null ends with the first.</param>
    public static ImageSet LoadTest(string path, int? limit = null, int? classCount = null, ImageShape? shape = null, IReadOnlyList<string>? classNames = null, Action<DamagedFile>? skip = null) =>
        FieldsTest(path, limit, classCount)
            ?? (shape is { } wanted && Directory.EnumerateFileSystemEntries(path).Any() ? TestPhotographs(path, limit, classCount, wanted, classNames, skip) : null)
            ?? throw new FileNotFoundException($"'{path}' has no test images. Expected t10k-images-idx3-ubyte (IDX), test_batch.bin (CIFAR-10) or test.bin (CIFAR-100), or the name of a .bin file{(shape is null ? "" : ", or photographs")}.");

    /// <summary>The test images in the field's own formats; null where a folder has none.</summary>
    public static ImageSet? FieldsTest(string path, int? limit = null, int? classCount = null)
    {
        var images = File.Exists(path) ? SingleFile(path, classCount)
            : Idx(path, "t10k", classCount ?? 0, labelsNeeded: classCount is not null)
            ?? (CifarFiles(path).Test is { Length: > 0 } files ? Cifar(files, classCount ?? 0) : null);
        return images is null ? null : Limited(images, limit);
    }

    private static DataSet Photographs(string path, int? limit, ImageShape shape, Action<DamagedFile>? skip)
    {
        string train = Path.Combine(path, TrainPart), test = Path.Combine(path, TestPart);
        bool parts = Directory.Exists(train);
        string[] classes = ImageFolder.Classes(parts ? train : path);
        if (classes.Length == 0)
            throw new FileNotFoundException($"'{path}' has no training images. Expected {Expected}.");
        return new(Read(parts ? train : path, classes, shape, limit, skip), parts && Directory.Exists(test) ? Read(test, classes, shape, limit, skip) : null) { ClassNames = classes };
    }

    private static ImageSet? TestPhotographs(string path, int? limit, int? classCount, ImageShape shape, IReadOnlyList<string>? classNames, Action<DamagedFile>? skip)
    {
        if (classCount is not { } count)
        {
            string[] files = [.. ImageFolder.Files(path).Take(limit ?? int.MaxValue)];
            return Read(new LabelledFiles(files, new int[files.Length], ["unknown"]), shape, skip);
        }
        string test = Path.Combine(path, TestPart);
        string folder = Directory.Exists(test) ? test : path;
        string[] found = ImageFolder.Classes(folder);
        if (found.Length == 0)
            return null;
        if (classNames is null && found.Length != count)
            throw new InvalidDataException($"'{folder}' has folders of {found.Length} classes, the model has {count}, whose names are not known: name them with --classes.");
        return Read(folder, classNames ?? found, shape, limit, skip);
    }

    private static ImageSet Read(string folder, IReadOnlyList<string> classes, ImageShape shape, int? limit, Action<DamagedFile>? skip)
    {
        var files = ImageFolder.Find(folder, classes);
        return Read(limit is { } count ? files.Take(count) : files, shape, skip);
    }

    private static ImageSet Read(LabelledFiles files, ImageShape shape, Action<DamagedFile>? skip)
    {
        var read = files.ReadOr(shape, new() { Damaged = skip is null ? DamagedAction.Stop : DamagedAction.SkipAndCount }, null, SkipDamaged.Cure, CancellationToken.None);
        foreach (var damaged in read.Damaged)
            skip!(damaged);
        return read.Images;
    }

    /// <summary>Whether a file's name is one of the field's own formats: …idx3-ubyte or .bin, plain or gzip.</summary>
    public static bool IsFieldsFile(string path) => IsIdx(path) || BinName().IsMatch(path);

    private static ImageSet SingleFile(string path, int? classCount) => classCount is null && IsIdx(path) ? IdxReader.Read(path, null) : Cifar([path], classCount ?? 0);

    private static bool IsIdx(string path) => Path.GetFileName(path).Contains("idx", StringComparison.Ordinal);

    private static ImageSet? Idx(string folder, string part, int classCount, bool labelsNeeded)
    {
        Exists(folder);
        string? images = Find(folder, part + "-images-idx3-ubyte") ?? Find(folder, part + "-images.idx3-ubyte");
        if (images is null)
            return null;
        string? labels = Find(folder, part + "-labels-idx1-ubyte") ?? Find(folder, part + "-labels.idx1-ubyte");
        if (labels is null && labelsNeeded)
            throw new FileNotFoundException($"'{folder}' has {Path.GetFileName(images)} but no {part}-labels-idx1-ubyte.");
        return IdxReader.Read(images, labelsNeeded ? labels : null, classCount);
    }

    /// <summary>CIFAR's own names (data_batch_N and test_batch, train and test), or PREFIX_batchN and PREFIX_test.</summary>
    private static (string[] Train, string[] Test) CifarFiles(string folder)
    {
        Exists(folder);
        string[] files = [.. Directory.GetFiles(folder).Where(f => BinName().IsMatch(f)).Order(StringComparer.Ordinal)];
        var batches = files.Select(f => (File: f, Match: BatchName().Match(Path.GetFileName(f)))).Where(f => f.Match.Success)
            .OrderBy(f => f.Match.Groups["number"].Value.TrimStart('0').PadLeft(byte.MaxValue, '0'), StringComparer.Ordinal).ToArray(); // however long the number
        string[] prefixes = [.. batches.Select(b => b.Match.Groups["prefix"].Value).Distinct()];
        if (prefixes.Length > 1)
            throw new InvalidDataException($"'{folder}' has batches of {string.Join(" and ", prefixes)}, expected those of one data set.");
        if (prefixes is [var prefix])
            return ([.. batches.Select(b => b.File)], [.. Named(prefix == "data" ? "test_batch" : prefix + "_test")]);
        return ([.. Named("train")], [.. Named("test_batch"), .. Named("test")]);

        IEnumerable<string> Named(string stem) => Find(folder, stem + ".bin") is { } file ? [file] : [];
    }

    // CIFAR-100's records have two label bytes: the length tells.
    private static ImageSet Cifar(IReadOnlyList<string> files, int classCount) => CifarReader.Read(files, classCount, labelBytes: 0);

    private static ImageSet Limited(ImageSet images, int? limit) => limit is { } count ? images.Take(count) : images;

    private static string? Find(string folder, string name) => new[] { name, name + ".gz" }.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);

    private static void Exists(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder or file '{folder}'.");
    }

    [GeneratedRegex(@"\.bin(\.gz)?$")]
    private static partial Regex BinName();

    [GeneratedRegex(@"^(?<prefix>.+?)_batch_?(?<number>\d+)\.bin(\.gz)?$")]
    private static partial Regex BatchName();
}
