using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Microsoft.ML.Offline;

/// <summary>Calls a generic method with a type known only at run time, without wrapping what it throws.</summary>
internal static class GenericCall
{
    private const BindingFlags _any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static object Static(Type owner, string method, Type argument, params object[] values)
        => Invoke(Find(owner, method).MakeGenericMethod(argument), null, values);

    public static object Static(Type owner, string method, Type[] arguments, params object[] values)
        => Invoke(Find(owner, method).MakeGenericMethod(arguments), null, values);

    public static object Instance(object target, Type owner, string method, Type argument, params object[] values)
        => Invoke(Find(owner, method).MakeGenericMethod(argument), target, values);

    public static object Invoke(MethodBase method, object target, object[] values)
    {
        try
        {
            return method is ConstructorInfo ctor ? ctor.Invoke(values) : method.Invoke(target, values);
        }
        catch (TargetInvocationException e) when (e.InnerException != null)
        {
            ExceptionDispatchInfo.Capture(e.InnerException).Throw();
            throw;
        }
    }

    private static MethodInfo Find(Type owner, string method)
        => owner.GetMethods(_any).Single(m => m.Name == method && m.IsGenericMethodDefinition);
}
