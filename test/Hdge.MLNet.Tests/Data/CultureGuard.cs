using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;

namespace Hdge.MLNet.Tests.Data;

/// <summary>
/// Keeps text invariant. Interpolation is so by eng/invariant, explicit calls by the analyser's CA1305; what neither sees is found in the compiled code: a number joined to
/// a string, a record's own text, lists of numbers joined, the value that an exception shows, and interpolation that somehow got the framework's handler.
/// </summary>
internal static class CultureGuard
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Every call in an assembly whose text follows the culture.</summary>
    public static IEnumerable<string> Find(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything))
        where !IsTextThatIsReplaced(type, method)
        from call in Find(method)
        select call;

    /// <summary>Every such call in a method.</summary>
    public static IEnumerable<string> Find(MethodBase method) =>
        from call in Calls(method)
        where FollowsTheCulture(call.Method, call.Constrained)
        select $"{method.DeclaringType!.FullName}.{method.Name} calls {call.Method.DeclaringType!.Name}.{call.Method.Name}";

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
}
