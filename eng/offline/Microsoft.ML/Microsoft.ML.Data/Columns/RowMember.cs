using System.Linq.Expressions;
using System.Reflection;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A public field or property of a row class, as a column.</summary>
internal sealed class RowMember
{
    private readonly MemberInfo _member;

    private RowMember(MemberInfo member)
    {
        _member = member;
        Type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
        IsVector = true;
        ItemType = Type.IsArray ? Type.GetElementType()
            : Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(VBuffer<>) ? Type.GetGenericArguments()[0]
            : null;
        if (ItemType is null)
        {
            IsVector = false;
            ItemType = Type;
        }
        if (ItemType == typeof(string))
            ItemType = typeof(ReadOnlyMemory<char>);
    }

    public string Name => _member.Name;

    public string ColumnName => _member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? _member.Name;

    public Type Type { get; }

    public bool IsVector { get; }

    /// <summary>The raw type of the column's items: what an array holds, and text for strings.</summary>
    public Type ItemType { get; }

    public MemberInfo Info => _member;

    public static IEnumerable<RowMember> Of(Type type, SchemaDefinition.Direction direction)
    {
        Guard.NotNull(type, nameof(type));
        const BindingFlags Flags = BindingFlags.Public | BindingFlags.Instance;
        var properties = type.GetProperties(Flags).Where(p => p.GetIndexParameters().Length == 0
            && (direction.HasFlag(SchemaDefinition.Direction.Read) && p.GetGetMethod() != null
                || direction.HasFlag(SchemaDefinition.Direction.Write) && p.GetSetMethod() != null));
        return type.GetFields(Flags).Cast<MemberInfo>().Concat(properties)
            .Where(m => m.GetCustomAttribute<NoColumnAttribute>() is null)
            .Select(m => new RowMember(m))
            .Where(m => m.Type != typeof(IChannel));
    }

    public static RowMember FindOrNull(Type type, string name)
        => type.GetField(name) is { } field ? new RowMember(field)
        : type.GetProperty(name) is { } property ? new RowMember(property)
        : null;

    /// <summary>The column type that the member's own type and attributes ask for.</summary>
    public DataViewType TypeFromAttributes()
    {
        var attributes = _member.GetCustomAttributes().ToArray();
        foreach (var attribute in attributes.OfType<DataViewTypeAttribute>())
            attribute.Register();
        if (DataViewTypeManager.FindOrNull(ItemType, attributes) is { } registered)
            return registered;

        var item = ColumnTypeExtensions.PrimitiveTypeOrNull(ItemType)
            ?? throw Guard.BadArgument("rawType", $"Could not determine an IDataView type and registered custom types for member {Name}");
        if (_member.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            Guard.Argument(KeyDataViewType.IsValidDataType(ItemType), "userType", $"Member {Name} is marked as a key but its type cannot hold one.");
            item = new KeyDataViewType(ItemType, key.KeyCount.Count.GetValueOrDefault());
        }

        var dims = _member.GetCustomAttribute<VectorTypeAttribute>();
        Guard.Argument(dims is null || IsVector, "userType", $"Member {Name} is marked as a vector but is not one.");
        if (!IsVector)
            return item;
        return dims?.Dims is { Length: > 0 } sizes ? new VectorDataViewType(item, sizes) : new VectorDataViewType(item);
    }

    /// <summary>A <c>Func&lt;TRow, TMember&gt;</c> that reads the member.</summary>
    public Delegate Reader<TRow>()
    {
        var row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda(Expression.MakeMemberAccess(row, _member), row).Compile();
    }

    /// <summary>An <c>Action&lt;TRow, TMember&gt;</c> that writes the member.</summary>
    public Delegate Writer<TRow>()
    {
        Guard.Argument(_member is not PropertyInfo { CanWrite: false } and not FieldInfo { IsInitOnly: true }, "userType", $"Member {Name} cannot be written.");
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(Type);
        var write = Expression.Assign(Expression.MakeMemberAccess(row, _member), value);
        return Expression.Lambda(typeof(Action<,>).MakeGenericType(typeof(TRow), Type), write, row, value).Compile();
    }
}
