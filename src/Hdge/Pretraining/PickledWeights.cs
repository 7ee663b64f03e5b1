using System.Collections;
using System.IO.Compression;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Hdge.Pretraining;

/// <summary>
/// State dicts that PyTorch's <c>torch.save</c> has written (since PyTorch 1.6), by TorchSharp.PyBridge. It makes nothing of what is pickled but numbers, texts, containers and tensors: code that a file names is
/// refused, not run. A tensor takes the bytes that the file has for it.
/// </summary>
internal static class PickledWeights
{
    private const string Cure = "Expected what torch.save(model.state_dict(), path) writes, of whole tensors; Python makes a file that is read in any case by "
        + "safetensors.torch.save_file(torch.load('weights.pth', map_location='cpu', weights_only=True), 'weights.safetensors').";

    /// <summary>The tensors by their names, floating point as 32 bits; they are the caller's.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, of an older PyTorch, or holds other things.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var weights = new Dictionary<string, Tensor>();
        foreach (DictionaryEntry entry in Unpickled(path))
            weights[entry.Key as string ?? throw Refused($"a name is {entry.Key}")] = entry.Value is Tensor tensor ? tensor : throw Refused($"'{entry.Key}' is no tensor, but {entry.Value?.GetType().Name ?? "nothing"}");
        return weights.Count > 0 ? weights.ToDictionary(w => w.Key, w => (w.Value.is_floating_point() ? w.Value.to(float32) : w.Value).DetachFromDisposeScope()) : throw Refused("it is empty");
    }

    private static Hashtable Unpickled(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            RequireStored(file);
            file.Position = 0;
            return PyTorchUnpickler.UnpickleStateDict(file);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new InvalidDataException($"It is no plain state dict of PyTorch's ({error.Message.Split('\n')[0].TrimEnd('.')}). {Cure}", error); // the library throws whatever comes
        }
    }

    /// <summary>PyTorch packs nothing: a file that unpacks to more than itself is none of its.</summary>
    private static void RequireStored(FileStream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Any(e => e.Length != e.CompressedLength) || zip.Entries.Sum(e => e.Length) > file.Length)
            throw new InvalidDataException("its parts are compressed");
    }

    private static InvalidDataException Refused(string problem) => new($"It is no plain state dict of PyTorch's ({problem}). {Cure}");
}
