using System.Reflection;
using System.Reflection.Emit;

namespace Hdge.Tests.Scalars;

/// <summary>
/// What compiled code can call, read from its IL: from every method of some assemblies on, through TorchSharp's managed code. A virtual call leads to the overrides of
/// every type that is made on the way ("rapid type analysis", Bacon and Sweeney 1996); a lambda counts as called where it is made, and a call through an interface
/// leads to all methods of its name. Too much rather than too little; what is left out is the library's own virtual methods (ToString and the like) and reflection.
/// </summary>
internal sealed class CallGraph
{
    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private readonly HashSet<Module> _modules;
    private readonly Dictionary<MethodBase, MethodBase?> _callers = []; // how a method was first reached
    private readonly HashSet<Type> _made = [];
    private readonly HashSet<MethodBase> _virtual = []; // called virtually, as first declared
    private readonly HashSet<string> _interface = []; // names of what is called through interfaces, the library's too
    private readonly Queue<MethodBase> _left = new();

    public CallGraph(IEnumerable<Assembly> roots, IEnumerable<Assembly> through)
    {
        var own = roots.ToList();
        _modules = [.. own.Concat(through).Select(a => a.ManifestModule)];
        foreach (var method in own.SelectMany(a => a.GetTypes()).SelectMany(Methods))
            Reach(method, null);
        while (_left.TryDequeue(out var method))
            foreach (var (code, callee) in Calls(method))
                Follow(method, code, callee);
    }

    /// <summary>Every method that can be called, as it is declared (generic ones open).</summary>
    public IEnumerable<MethodBase> Reached => _callers.Keys;

    /// <summary>The chain of calls by which a method was first reached, for a message.</summary>
    public string Path(MethodBase method)
    {
        var names = new List<string>();
        for (MethodBase? at = method; at is not null; at = _callers[at])
            names.Add($"{at.DeclaringType}.{at.Name}");
        return string.Join(" <- ", names);
    }

    /// <summary>The calls in a method's body; constructors and functions whose address is taken as well.</summary>
    public static IEnumerable<(OpCode Code, MethodBase Callee)> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
            yield break;
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [], methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < il.Length;)
        {
            short value = il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at];
            var code = s_codes[value];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod)
                yield return (code, Declared(method.Module.ResolveMethod(BitConverter.ToInt32(il, at), typeArguments, methodArguments)!));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
    }

    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all));
    }

    private static MethodBase Declared(MethodBase method) =>
        method.DeclaringType is { IsArray: true } ? method : method.Module.ResolveMethod(method.MetadataToken)!; // the runtime's own methods of arrays have no token

    private static Type Declared(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private void Reach(MethodBase method, MethodBase? caller)
    {
        if (!_modules.Contains(method.Module) || !_callers.TryAdd(method, caller))
            return;
        _left.Enqueue(method);
        if (method.DeclaringType?.TypeInitializer is { } initializer)
            Reach(Declared(initializer), method);
    }

    private void Follow(MethodBase method, OpCode code, MethodBase callee)
    {
        Reach(callee, method);
        if (code == OpCodes.Newobj && _modules.Contains(callee.Module) && _made.Add(Declared(callee.DeclaringType!)))
            Dispatch(Hierarchy(callee.DeclaringType!), method);
        if (callee is MethodInfo { IsVirtual: true } called && (called.DeclaringType!.IsInterface ? _interface.Add(called.Name) : _modules.Contains(called.Module) && _virtual.Add(Origin(called))))
            Dispatch(_made.SelectMany(Hierarchy).Distinct().ToList(), method);
    }

    /// <summary>Whatever is new, a type or a virtual call: every pair of the two is looked at once it is complete.</summary>
    private void Dispatch(IEnumerable<Type> types, MethodBase method)
    {
        foreach (var candidate in types.SelectMany(Methods).OfType<MethodInfo>())
            if (candidate.IsVirtual && (_virtual.Contains(Origin(candidate)) || _interface.Contains(candidate.Name[(candidate.Name.LastIndexOf('.') + 1)..])))
                Reach(candidate, method);
    }

    /// <summary>A type and its bases within the modules: what an object of the type may run.</summary>
    private IEnumerable<Type> Hierarchy(Type type)
    {
        for (Type? at = Declared(type); at is not null && _modules.Contains(at.Module); at = at.BaseType is { } up ? Declared(up) : null)
            yield return at;
    }

    private static MethodBase Origin(MethodInfo method) => Declared(method.GetBaseDefinition());
}
