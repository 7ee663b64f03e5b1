using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Makes a copy of TorchSharp's libLibTorchSharp.so that loads on this system's libstdc++ (compiled by MSBuild when it is used: see Hdge.targets).
/// </summary>
/// <remarks>
/// TorchSharp 0.107.0 is linked with GCC 13 and asks for two symbol versions that older systems lack. Both stand in .gnu.version_r:
/// GLIBCXX_3.4.32 binds only the marker _ZSt21ios_base_library_initv, which no relocation uses: the entry is marked weak (VER_FLG_WEAK);
/// GLIBCXX_3.4.30 binds std::condition_variable::wait, which GCC 11 and older have as GLIBCXX_3.4.11: the entry gets that name and its hash.
/// Only what the system lacks is changed, and only in the file this was found out for (by SHA-256).
/// </remarks>
public sealed class FitLibTorchSharp : Task
{
    private const string KnownSha256 = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8";

    /// <summary>The file as the package has it. It is only read.</summary>
    [Required]
    public string Source { get; set; }

    /// <summary>Where the changed copy goes.</summary>
    [Required]
    public string Copy { get; set; }

    /// <summary>Change it for libstdc++ of GCC 11 and later, whatever this system has (an image for another system is being built).</summary>
    public bool Always { get; set; }

    /// <summary>The copy, or nothing where the source fits as it is.</summary>
    [Output]
    public string Result { get; set; }

    public override bool Execute()
    {
        Result = "";
        string versions = Always ? "" : SystemVersions();
        bool marker = !versions.Contains("GLIBCXX_3.4.32\0"), wait = !versions.Contains("GLIBCXX_3.4.30\0");
        if (!marker && !wait)
            return true;

        byte[] file = File.ReadAllBytes(Source);
        string hash;
        using (var sha = SHA256.Create())
            hash = string.Concat(sha.ComputeHash(file).Select(b => b.ToString("x2")));
        if (hash != KnownSha256)
        {
            Log.LogMessage(MessageImportance.High, "Hdge: {0} (SHA-256 {1}) is not the file of TorchSharp 0.107.0, so it is left as it is. If it does not load, this system's libstdc++ is too old for it.", Source, hash);
            return true;
        }

        var changed = Change(file, marker, wait);
        if (changed == null)
        {
            Log.LogError("Hdge: {0} has no version entries GLIBCXX_3.4.32, GLIBCXX_3.4.30 and GLIBCXX_3.4.11.", Source);
            return false;
        }
        Result = Copy;
        if (File.Exists(Copy) && File.ReadAllBytes(Copy).SequenceEqual(changed))
            return true;
        // Never written through: the file may be a hard link.
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Copy)));
        string partial = Copy + ".partial";
        File.Delete(partial);
        File.WriteAllBytes(partial, changed);
        File.Delete(Copy);
        File.Move(partial, Copy);
        Log.LogMessage(MessageImportance.High, "Hdge: libLibTorchSharp.so asks for a newer libstdc++ than {0}; a copy that does without is used (HdgeFitLibTorchSharp=false keeps the original).", Always ? "some systems have" : "this system has");
        return true;
    }

    /// <summary>All of libstdc++ as text: version names are zero-terminated strings in it. Empty where there is none.</summary>
    private static string SystemVersions()
    {
        var folders = (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':').Where(f => f != "")
            .Concat(new[] { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib" });
        string found = folders.Select(f => Path.Combine(f, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        return found == null ? "" : Encoding.GetEncoding(28591).GetString(File.ReadAllBytes(found));
    }

    /// <summary>The version entries are found by the section headers of the 64-bit ELF file (System V ABI; LSB 4.1, section 10.7.3).</summary>
    private static byte[] Change(byte[] file, bool marker, bool wait)
    {
        var changed = (byte[])file.Clone();
        long sections = BitConverter.ToInt64(file, 0x28);
        int size = BitConverter.ToUInt16(file, 0x3A), count = BitConverter.ToUInt16(file, 0x3C);
        for (int i = 0; i < count; i++)
        {
            int header = (int)sections + i * size;
            if (BitConverter.ToUInt32(file, header + 4) != 0x6ffffffe) // SHT_GNU_verneed
                continue;
            int names = (int)BitConverter.ToInt64(file, (int)sections + BitConverter.ToInt32(file, header + 0x28) * size + 0x18);
            var entries = new Dictionary<string, int>();
            for (int need = (int)BitConverter.ToInt64(file, header + 0x18); ; need += BitConverter.ToInt32(file, need + 12))
            {
                int entry = need + BitConverter.ToInt32(file, need + 8);
                for (int j = BitConverter.ToUInt16(file, need + 2); j > 0; j--, entry += BitConverter.ToInt32(file, entry + 12))
                    entries[Name(file, names + BitConverter.ToInt32(file, entry + 8))] = entry;
                if (BitConverter.ToInt32(file, need + 12) == 0)
                    break;
            }
            if (!entries.TryGetValue("GLIBCXX_3.4.32", out int newest) || !entries.TryGetValue("GLIBCXX_3.4.30", out int newer) || !entries.TryGetValue("GLIBCXX_3.4.11", out int old))
                return null;
            if (marker)
                changed[newest + 4] |= 2; // vna_flags: VER_FLG_WEAK
            if (wait)
            {
                Array.Copy(file, old, changed, newer, 4);         // vna_hash
                Array.Copy(file, old + 8, changed, newer + 8, 4); // vna_name
            }
            return changed;
        }
        return null;
    }

    private static string Name(byte[] file, int at) => Encoding.ASCII.GetString(file, at, Array.IndexOf(file, (byte)0, at) - at);
}
