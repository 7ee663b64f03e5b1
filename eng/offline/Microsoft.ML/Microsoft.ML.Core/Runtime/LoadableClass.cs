using System.Reflection;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Runtime;

/// <summary>How to make one loadable class: a static <c>Create</c> that returns exactly it, or a constructor; the environment comes first where it is asked for.</summary>
internal sealed class LoadableClass
{
    private const BindingFlags _static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;
    private const BindingFlags _instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly MethodBase _maker;
    private readonly bool _needsEnvironment;

    private LoadableClass(MethodBase maker, bool needsEnvironment)
    {
        _maker = maker;
        _needsEnvironment = needsEnvironment;
    }

    public static LoadableClass FindOrNull(LoadableClassAttribute attribute)
    {
        Type[] plain = attribute.CtorTypes;
        Type[] withEnvironment = [typeof(IHostEnvironment), .. plain];
        return FindCreate(attribute, plain, false) ?? FindCreate(attribute, withEnvironment, true)
            ?? FindConstructor(attribute, plain, false) ?? FindConstructor(attribute, withEnvironment, true);
    }

    public object Create(IHostEnvironment env, object[] arguments)
    {
        object[] all = _needsEnvironment ? [env, .. arguments] : arguments;
        try
        {
            return _maker is ConstructorInfo constructor ? constructor.Invoke(all) : _maker.Invoke(null, all);
        }
        catch (TargetInvocationException e) when (e.InnerException != null && Guard.IsMarked(e.InnerException))
        {
            throw Guard.BadState("Error during class instantiation", e);
        }
    }

    private static LoadableClass FindCreate(LoadableClassAttribute attribute, Type[] types, bool needsEnvironment)
    {
        var method = attribute.LoaderType.GetMethod("Create", _static, types);
        return method?.ReturnType == attribute.InstanceType && method.DeclaringType == attribute.LoaderType
            ? new LoadableClass(method, needsEnvironment)
            : null;
    }

    private static LoadableClass FindConstructor(LoadableClassAttribute attribute, Type[] types, bool needsEnvironment)
    {
        if (!attribute.InstanceType.IsAssignableFrom(attribute.LoaderType))
            return null;
        var constructor = attribute.LoaderType.GetConstructor(_instance, types);
        return constructor is null ? null : new LoadableClass(constructor, needsEnvironment);
    }
}
