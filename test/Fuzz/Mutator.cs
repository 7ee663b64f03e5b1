using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Hdge.Fuzz;

/// <summary>Damages bytes in the ways in which files are damaged, by chance and on purpose. The same seed gives the same damage.</summary>
internal sealed partial class Mutator(int seed)
{
    private static readonly long[] s_lies = [0, 1, -1, 2, 127, 255, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    private readonly Random _random = new(seed);

    /// <summary>One to three bits flipped, the end cut off, a block moved, doubled, dropped, zeroed or taken from another file, a length replaced by a lie, or a JSON value replaced.</summary>
    public byte[] Bytes(byte[] file, byte[] other) => _random.Next(9) switch
    {
        0 or 1 or 2 => Flip(file),
        3 => file[.._random.Next(file.Length)],
        4 => Splice(file, file),
        5 => Splice(file, other),
        6 => Lie(file),
        7 => Zero(file),
        _ => Json(file),
    };

    /// <summary>Entries of a zip or the like: one of them damaged, two swapped, one taken from another file, left out, or added.</summary>
    public SortedDictionary<string, byte[]> Entries(IReadOnlyDictionary<string, byte[]> parts, IReadOnlyDictionary<string, byte[]> other)
    {
        var changed = new SortedDictionary<string, byte[]>(parts.ToDictionary(), StringComparer.Ordinal);
        string[] names = [.. parts.Keys];
        string name = names[_random.Next(names.Length)], second = names[_random.Next(names.Length)];
        switch (_random.Next(10))
        {
            case 0:
                (changed[name], changed[second]) = (changed[second], changed[name]);
                break;
            case 1 when other.TryGetValue(name, out var theirs):
                changed[name] = theirs;
                break;
            case 2:
                changed.Remove(name);
                break;
            case 3:
                changed[$"extra{_random.Next(10)}.json"] = changed[name];
                break;
            case 4 or 5 or 6:
                changed[name] = Json(changed[name]);
                break;
            default:
                changed[name] = Bytes(changed[name], other.GetValueOrDefault(name, changed[name]));
                break;
        }
        return changed;
    }

    private byte[] Flip(byte[] file)
    {
        byte[] changed = [.. file];
        for (int bits = _random.Next(1, 4); bits > 0 && changed.Length > 0; bits--)
            changed[Place(changed.Length)] ^= (byte)(1 << _random.Next(8));
        return changed;
    }

    private byte[] Splice(byte[] file, byte[] from)
    {
        int at = Place(file.Length + 1), drop = _random.Next(Math.Min(file.Length - at, 300) + 1);
        int begin = Place(from.Length + 1), take = _random.Next(Math.Min(from.Length - begin, 300) + 1);
        return [.. file[..at], .. from.AsSpan(begin, take), .. file[(at + drop)..]];
    }

    private byte[] Lie(byte[] file)
    {
        byte[] changed = [.. file];
        int size = _random.Next(3) switch { 0 => 2, 1 => 4, _ => 8 };
        if (changed.Length < size)
            return [];
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, s_lies[_random.Next(s_lies.Length)]);
        if (_random.Next(2) == 0)
            number[..size].Reverse();
        number[..size].CopyTo(changed.AsSpan(Place(changed.Length - size + 1)));
        return changed;
    }

    private byte[] Zero(byte[] file)
    {
        byte[] changed = [.. file];
        int at = Place(changed.Length + 1);
        changed.AsSpan(at, _random.Next(Math.Min(changed.Length - at, 600) + 1)).Fill((byte)(_random.Next(2) * 255));
        return changed;
    }

    /// <summary>Replaces one JSON value, name or bracket.</summary>
    private byte[] Json(byte[] file)
    {
        string text = Encoding.Latin1.GetString(file, 0, Math.Min(file.Length, 20_000)); // headers and JSON come first
        var values = JsonValue().Matches(text);
        if (values.Count == 0)
            return Flip(file);
        var value = values[_random.Next(values.Count)];
        string with = _random.Next(12) switch
        {
            0 or 1 or 2 => "null",
            3 => "-1",
            4 => "0",
            5 => "2147483647",
            6 => "9223372036854775807",
            7 => "1e999",
            8 => "\"NaN\"",
            9 => "[]",
            10 => "{}",
            _ => new string('[', 200),
        };
        return [.. file[..value.Index], .. Encoding.Latin1.GetBytes(with), .. file[(value.Index + value.Length)..]];
    }

    /// <summary>Ends are where formats keep what matters: half of all places are there.</summary>
    private int Place(int length) => length == 0 ? 0 : _random.Next(4) switch
    {
        0 => _random.Next(Math.Min(length, 200)),
        1 => length - 1 - _random.Next(Math.Min(length, 700)),
        _ => _random.Next(length),
    };

    [GeneratedRegex("""(?<=[:,\[]\s*)("[^"]{0,80}"|-?[0-9][0-9.eE+-]*|true|false|null|\{\}|\[[^\[\]]{0,80}\])""")]
    private static partial Regex JsonValue();
}
