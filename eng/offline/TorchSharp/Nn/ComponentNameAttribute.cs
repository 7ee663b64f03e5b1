namespace TorchSharp.Utils;

/// <summary>Gives a module's field the name under which its component is registered.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    public string? Name { get; set; }
}
