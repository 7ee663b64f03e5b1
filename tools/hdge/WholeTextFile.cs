namespace Hdge.Cli;

/// <summary>Text files that appear only when they are whole.</summary>
internal static class WholeTextFile
{
    /// <summary>Writes a file under another name, and gives it its own at the end; answers what <paramref name="write"/> does.</summary>
    public static T Write<T>(string path, Func<TextWriter, T> write)
    {
        string partial = path + ".partial";
        try
        {
            T result;
            using (var text = new StreamWriter(partial))
                result = write(text);
            File.Move(partial, path, overwrite: true);
            return result;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
