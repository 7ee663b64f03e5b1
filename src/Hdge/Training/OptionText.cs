using System.Collections;
using System.Globalization;

namespace Hdge.Training;

/// <summary>Options as names and values, to tell what differs between two runs.</summary>
internal static class OptionText
{
    /// <summary>All that a run's weights depend on: every option but where, on how many threads and by how many processes it trains, where it saves and logs, what it says and what it does when it is cancelled.</summary>
    public static SortedDictionary<string, string> Of(TrainingOptions options)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add("", options with { Device = null, Distributed = null, Threads = null, Checkpoint = null, LogDirectory = null, OnCancel = default, ProgressInterval = default }, all);
        return all;
    }

    private static void Add(string name, object? value, SortedDictionary<string, string> into)
    {
        switch (value)
        {
            case null:
                into[name] = "null";
                break;
            case string or Enum or IFormattable or bool or Detection.DetectionScore or ClassWeights:
                into[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                break;
            case IEnumerable items:
                into[name] = $"[{string.Join(", ", items.Cast<object?>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture)))}]";
                break;
            default:
                var settable = value.GetType().GetProperties().Where(p => p.CanWrite && p.GetIndexParameters().Length == 0).ToList();
                if (name.Length > 0) // what has no options of its own is a choice of a list, and says which
                    into[name] = settable.Count > 0 ? value.GetType().Name : Convert.ToString(value, CultureInfo.InvariantCulture)!;
                foreach (var property in settable)
                    Add(name.Length > 0 ? $"{name}.{property.Name}" : property.Name, property.GetValue(value), into);
                break;
        }
    }
}
