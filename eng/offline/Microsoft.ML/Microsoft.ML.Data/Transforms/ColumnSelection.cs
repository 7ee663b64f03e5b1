using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Which columns stay: those named, or all but those named.</summary>
internal sealed record ColumnSelection(string[] Names, bool Keep, bool KeepHidden)
{
    public static ColumnSelectingTransformer Drop(IHostEnvironment env, params string[] names)
        => new(env, new ColumnSelection(names, Keep: false, KeepHidden: false));

    public void Check(IEnumerable<string> present)
    {
        var missing = Names.Except(present).ToArray();
        if (missing.Length > 0)
            throw Guard.MissingColumn("input", string.Join(",", missing));
    }

    public IEnumerable<int> Choose(DataViewSchema schema)
        => Keep
            ? Names.SelectMany(name => schema.Where(c => c.Name == name && (KeepHidden || !c.IsHidden))).Select(c => c.Index)
            : schema.Where(c => !Names.Contains(c.Name)).Select(c => c.Index);
}
