using SkiaSharp;

namespace Hdge.Tests.Images;

public sealed class LabelledFilesTests : IDisposable
{
    private static readonly ImageShape s_shape = new(3, 4, 4);
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FoldersAreClassesAndTheFirstFilesAreOfAll()
    {
        foreach (var (name, level) in new[] { ("zebra", 30), ("ape", 10), ("cat/deep", 20) })
            for (int i = 0; i < 2; i++)
                Picture(FormattableString.Invariant($"set/{name}/{i}.png"), (byte)(level + i));
        var files = ImageFolder.Find(_folder["set"]);
        Assert.Equal(["ape", "cat", "zebra"], files.ClassNames);
        Assert.Equal([0, 1, 2, 0, 1, 2], files.Labels);
        using var read = files.Take(4).Read(s_shape);
        Assert.Equal([10, 20, 30, 11], Enumerable.Range(0, 4).Select(i => (int)read.Images.Bytes(i)[0]));
        Assert.Equal(files.Paths.Take(4), read.Paths);
        using var named = ImageFolder.Find(_folder["set"], ["cat", "zebra", "ape"]).Read(s_shape);
        Assert.Equal([(0, 20), (1, 30), (2, 10)], Enumerable.Range(0, 3).Select(i => (named.Images.Labels[i], (int)named.Images.Bytes(i)[0])));
        Assert.Contains("'zebra'", Assert.Throws<InvalidDataException>(() => ImageFolder.Find(_folder["set"], ["ape", "cat"])).Message, StringComparison.Ordinal);
        Assert.Contains("holds no folders", Assert.Throws<InvalidDataException>(() => ImageFolder.Find(_folder["set/ape"])).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Find(_folder["nowhere"])).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["bare/class"]);
        Assert.Contains("no files", Assert.Throws<InvalidDataException>(() => ImageFolder.Find(_folder["bare"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AListNamesFilesAndClasses()
    {
        Picture("lists/a, b.png", 40);
        Picture("lists/c.png", 50);
        string list = _folder["lists/list.csv"];
        File.WriteAllText(list, "id,label,file\n1,\"dog, big\",\"a, b.png\"\n2,cat,c.png\n");
        using var read = ImageCsv.Find(list).Read(s_shape);
        Assert.Equal(["cat", "dog, big"], read.ClassNames);
        Assert.Equal([1, 0], read.Images.Labels.ToArray());
        Assert.Equal(40, read.Images.Bytes(0)[0]);
        Assert.Contains("no column 'path', found id, label, file", Assert.Throws<InvalidDataException>(() => ImageCsv.Find(list, "path")).Message, StringComparison.Ordinal);
        Assert.Contains("the class 'dog, big'", Assert.Throws<InvalidDataException>(() => ImageCsv.Find(list, classNames: ["cat"])).Message, StringComparison.Ordinal);
        File.WriteAllText(list, "file,label\nc.png,\n");
        Assert.Contains("Line 2 of", Assert.Throws<InvalidDataException>(() => ImageCsv.Find(list)).Message, StringComparison.Ordinal);
        File.WriteAllText(list, "file,label\n");
        Assert.Contains("lists no files", Assert.Throws<InvalidDataException>(() => ImageCsv.Find(list)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageCache.Memory)]
    [InlineData(ImageCache.Disk)]
    public void DamagedFilesStopOrAreAllTold(ImageCache cache)
    {
        for (int i = 0; i < 400; i++)
        {
            string name = FormattableString.Invariant($"many/{(i % 2 == 0 ? "even" : "odd")}/{i:000}.png");
            if (i % 10 == 3)
                _folder.Write(name, (i % 3) switch { 0 => [], 1 => "no image"u8.ToArray(), _ => Pictures.Claiming(50_000, 50_000) });
            else
                Picture(name, (byte)(i % 250));
        }
        var files = ImageFolder.Find(_folder["many"]);
        string message = Assert.Throws<InvalidDataException>(() => files.Read(s_shape)).Message;
        Assert.Contains("003.png': the file is empty", message, StringComparison.Ordinal);
        Assert.Contains("SkipAndCount", message, StringComparison.Ordinal);

        using var read = files.Read(s_shape, new() { Damaged = DamagedAction.SkipAndCount }, new() { Kind = cache, Folder = _folder["cache"] });
        Assert.Equal(cache == ImageCache.Disk, read.Images.IsOnDisk);
        Assert.Equal((360, 40), (read.Images.Count, read.Damaged.Count));
        Assert.Equal(Enumerable.Range(0, 400).Where(i => i % 10 == 3), read.Damaged.Select(d => Number(d.Path)).Order());
        Assert.All(read.Damaged, d => Assert.Contains((Number(d.Path) % 3) switch { 0 => "empty", 1 => "no image", _ => "50000x50000" }, d.Reason, StringComparison.Ordinal));
        Assert.All(Enumerable.Range(0, 360), i => Assert.Equal((Number(read.Paths[i]) % 250, Number(read.Paths[i]) % 2), (read.Images.Bytes(i)[0], read.Images.Labels[i])));

        static int Number(string path) => int.Parse(System.IO.Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void WhereNoneCanBeReadThereIsNothing()
    {
        _folder.Write("bad/a/1.png", []);
        Assert.Contains("None of 1 files", Assert.Throws<InvalidDataException>(() =>
            ImageFolder.Find(_folder["bad"]).Read(s_shape, new() { Damaged = DamagedAction.SkipAndCount })).Message, StringComparison.Ordinal);
        Assert.Contains("1 or 3 channels", Assert.Throws<ArgumentException>(() => ImageFolder.Find(_folder["bad"]).Read(new(4, 4, 4))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LabelledFiles(["a"], [1], ["x"]));
        Assert.Throws<ArgumentException>(() => new LabelledFiles(["a"], [], ["x"]));
    }

    private void Picture(string name, byte level) => _folder.Write(name, Pictures.Encode(4, 4, (_, _) => new SKColor(level, 0, 0)));
}
