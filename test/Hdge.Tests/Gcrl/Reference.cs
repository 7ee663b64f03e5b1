using System.Text.Json;

namespace Hdge.Tests.Gcrl;

/// <summary>A file of values worked out independently in double precision.</summary>
internal sealed class Reference(JsonElement root)
{
    private const double Tolerance = 1e-9;

    public static Reference Read(string file) => new(JsonDocument.Parse(File.ReadAllText(file)).RootElement);

    public JsonElement this[string name] => root.GetProperty(name);

    public string Form => Text("form");

    public string Text(string name) => this[name].GetString()!;

    public double Number(string name) => this[name].GetDouble();

    public int Int(string name) => this[name].GetInt32();

    public bool Flag(string name) => this[name].GetBoolean();

    /// <summary>Doubles of the array's own shape.</summary>
    public Tensor Tensor(string name) => Tensor(this[name]);

    public static Tensor Tensor(JsonElement array)
    {
        var (shape, values) = (new List<long>(), new List<double>());
        for (var at = array; at.ValueKind == JsonValueKind.Array; at = at[0])
            shape.Add(at.GetArrayLength());
        Collect(array, values);
        return tensor(values.ToArray(), [.. shape]);
    }

    public Tensor Integers(string name) => Tensor(name).to(int64);

    public double[] Values(string name)
    {
        var values = new List<double>();
        Collect(this[name], values);
        return [.. values];
    }

    /// <summary>Relative to the norm of all: an entry that is 0 by cancellation has no relative error of its own.</summary>
    public static void Close(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        double error = (expected - actual.to(float64)).norm().item<double>(), norm = expected.norm().item<double>();
        Assert.True(error <= Tolerance * norm, $"{what}: error {error:R} at a norm of {norm:R}");
    }

    public void Close(string name, Tensor actual) => Close(Tensor(name), actual, name);

    public void CloseNumber(string name, double actual) =>
        Assert.True(Math.Abs(Number(name) - actual) <= Tolerance * Math.Abs(Number(name)), $"{name}: expected {Number(name):R}, found {actual:R}");

    private static void Collect(JsonElement element, List<double> into)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray())
                Collect(item, into);
        else
            into.Add(element.GetDouble());
    }
}
