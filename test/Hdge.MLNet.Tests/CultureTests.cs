using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;
using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>What this package writes is the same in every culture.</summary>
public class CultureTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    [Theory]
    [InlineData("de-DE")] // 1.234,5
    [InlineData("tr-TR")] // i is not the small I
    [InlineData("sv-SE")] // − is not -
    public void C11_EverythingWrittenIsTheSameInEveryCulture(string culture)
    {
        string expected = Under("", Write), actual = Under(culture, Write);

        Assert.Contains("0.", expected, StringComparison.Ordinal);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void C11_AModelSavedInOneCultureLoadsInAnother(string culture)
    {
        byte[] Save()
        {
            using var stream = new MemoryStream();
            Trained.Context.Model.Save(Trained.Model, null, stream);
            return stream.ToArray();
        }

        ScoredImage[] Load(byte[] file)
        {
            var context = Trained.Context;
            using var stream = new MemoryStream(file);
            ITransformer model = context.Model.Load(stream, out _);
            using var owned = model as IDisposable;
            return Trained.Rows(context, model.Transform(Trained.View(context, 5)));
        }

        ScoredImage[] expected = Under("", () => Load(Save())), there = Under("", () => Load(Under(culture, Save))), back = Under(culture, () => Load(Under("", Save)));
        for (int i = 0; i < expected.Length; i++)
        {
            Trained.AssertAlike(expected[i], there[i], 0);
            Trained.AssertAlike(expected[i], back[i], 0);
        }
    }

    /// <summary>
    /// The guard. Interpolation is invariant by eng/invariant, explicit calls by the analyser's CA1305; what neither sees is found in the compiled code: a number joined to
    /// a string, a record's own text, lists of numbers joined, the value that an exception shows, and interpolation that somehow got the framework's handler.
    /// </summary>
    [Fact]
    public void C11_NothingFollowsTheCulture()
    {
        string[] found = [.. from assembly in new[] { typeof(HdgeModel).Assembly, typeof(HdgeTrainer).Assembly }
                             from type in assembly.GetTypes()
                             from method in type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything))
                             where !IsTextThatIsReplaced(type, method)
                             from call in Calls(method)
                             where FollowsTheCulture(call.Method, call.Constrained)
                             select $"{type.FullName}.{method.Name} calls {call.Method.DeclaringType!.Name}.{call.Method.Name}"];

        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void C11_TheGuardSeesWhatItShould()
    {
        string[] bad = [nameof(Joined), nameof(Listed), nameof(Shown), nameof(Thrown)];
        Assert.All(bad, name => Assert.Contains(Calls(typeof(CultureTests).GetMethod(name, Everything)!), call => FollowsTheCulture(call.Method, call.Constrained)));
        Assert.Contains(Calls(typeof(Bad).GetMethod("PrintMembers", Everything)!), call => FollowsTheCulture(call.Method, call.Constrained));
        Assert.DoesNotContain(Calls(typeof(CultureTests).GetMethod(nameof(Good), Everything)!), call => FollowsTheCulture(call.Method, call.Constrained));
    }

    private static string Joined(double value) => "x" + value;

    private static string Listed(double[] values) => string.Join(", ", values);

    private static string Shown(float value) => string.Concat("x", (object)value);

    private static ArgumentOutOfRangeException Thrown(double value) => new(nameof(value), value, "expected something else");

    private static string Good(double value) => $"{value:F3}" + value.ToString(CultureInfo.InvariantCulture);

    // Training's log, metrics, options, report and messages as one text.
    private static string Write()
    {
        var context = new MLContext(seed: 1);
        var log = new Log(context);
        var text = new StringBuilder();
        HdgeTrainer.Options options = Trained.QuickOptions(2);
        (options.Scale, options.Mean, options.Device) = (1.5f, [-0.25f], "cpu");
        options.MetricsCallback = metrics => text.AppendLine((metrics with { Elapsed = default }).ToString());
        using var model = Trained.Fit(context, options);
        foreach (string line in log.Infos.Concat(log.Warnings).Where(line => !line.StartsWith("epoch ", StringComparison.Ordinal)))
            text.AppendLine(line);

        IDataView scored = model.Transform(Trained.View(context, 40));
        HdgeMetrics metrics = context.MulticlassClassification.EvaluateHdge(scored, ("others", scored));
        object[] shown =
        [
            options, context.MulticlassClassification.Trainers.Hdge(options), model.LastTransformer, model.LastTransformer.Model, options.Training, new TrainingOptions { LearningRate = 0.25 },
            metrics, metrics.Uncalibrated, metrics.Confidence, metrics.Confidence.RiskCoverage, metrics.Unknowns[0].Detection, metrics.Groups[0], metrics.Uncalibrated.Bins[^1],
            model.LastTransformer.Model.Score(ImageSet.FromBytes(new(1, 8, 8), TinyImages.Bytes(3), [0], 3)),
            Refusal(() => new PixelScaling { StandardDeviation = [-1.5f] }.Validate(1)), Refusal(() => new TrainingOptions { LearningRate = -1.5 }.Validate(new(1, 8, 8))),
        ];
        foreach (object item in shown)
            text.AppendLine(item.ToString());
        return text.ToString();
    }

    private static string Refusal(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static T Under<T>(string name, Func<T> action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // A record that has its own ToString still has the compiler's PrintMembers, which nothing calls; one that is not public shows itself to nobody.
    private static bool IsTextThatIsReplaced(Type type, MethodBase method) => method.Name == "PrintMembers"
        && (!type.IsVisible || type.GetMethod("ToString", Type.EmptyTypes)?.GetCustomAttribute<CompilerGeneratedAttribute>(inherit: false) is null);

    private static bool FollowsTheCulture(MethodBase method, Type? constrained)
    {
        Type? owner = method.DeclaringType;
        if (method.Name == "ToString" && method.GetParameters().Length == 0)
            return IsNumber(constrained ?? owner);
        if (owner == typeof(string) && method.Name is ("Join" or "Concat"))
            return (method.IsGenericMethod && IsNumber(method.GetGenericArguments()[0])) || method.GetParameters().Any(parameter => parameter.ParameterType == typeof(object));
        if (owner == typeof(StringBuilder) && method.Name is ("Append" or "Insert"))
            return IsNumber(method.GetParameters()[^1].ParameterType);
        if (owner == typeof(ArgumentOutOfRangeException) && method.IsConstructor && method.GetParameters() is [_, var actual, _] && actual.ParameterType == typeof(object))
            return true; // it adds the value to its message
        return owner is { FullName: "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler" } && owner.Assembly == typeof(object).Assembly
            && method.IsConstructor && method.GetParameters().Length == 2;
    }

    private static bool IsNumber(Type? type) => type is not null
        && (Nullable.GetUnderlyingType(type) ?? type) is var number
        && (number == typeof(float) || number == typeof(double) || number == typeof(decimal) || number == typeof(DateTime) || number == typeof(DateTimeOffset));

    private static IEnumerable<(MethodBase Method, Type? Constrained)> Calls(MethodBase method)
    {
        byte[]? body = method.GetMethodBody()?.GetILAsByteArray();
        Type[] typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        Type? constrained = null;
        for (int at = 0; at < (body?.Length ?? 0);)
        {
            short value = body![at] == 0xFE ? BitConverter.ToInt16([body[at + 1], body[at]]) : body[at];
            OpCode code = Codes[value];
            at += code.Size;
            int operand = code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(body, at)),
                _ => 4,
            };
            if (code == OpCodes.Constrained)
                constrained = method.Module.ResolveType(BitConverter.ToInt32(body, at), typeArguments, methodArguments);
            else if (code.OperandType == OperandType.InlineMethod)
            {
                yield return (method.Module.ResolveMethod(BitConverter.ToInt32(body, at), typeArguments, methodArguments)!, constrained);
                constrained = null;
            }

            at += operand;
        }
    }

    private sealed record Bad(double Value);
}
