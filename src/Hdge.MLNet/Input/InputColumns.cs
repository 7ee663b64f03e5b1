using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>Finds the columns a trainer or transformer reads. Every refusal names the column, what was found and what was expected.</summary>
internal static class InputColumns
{
    private const string ScoresExpected = "a vector of Single of known size, an item a class";

    // Far above any image data set (ImageNet-21k has 21,841); a key without a declared count reports 4,294,967,295.
    private const ulong MaxClasses = 1_000_000;

    /// <summary>The column of a schema by name.</summary>
    /// <param name="schema">The input's schema.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="role">What the column is for, as the message should call it.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentException(InputMessages.Missing(role, name, schema.Select(column => column.Name)), nameof(schema));

    /// <summary>The feature column, with its type checked.</summary>
    /// <exception cref="ArgumentException">The column is missing or is no vector of Single or Byte of known size.</exception>
    public static (DataViewSchema.Column Column, VectorDataViewType Type) FindFeatures(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Find(schema, name, "feature");
        return column.Type is VectorDataViewType { IsKnownSize: true } type && IsPixel(type.ItemType)
            ? (column, type)
            : throw new ArgumentException(InputMessages.WrongFeatures(name, column.Type, Cures.OfFeatures(column.Type)), nameof(schema));
    }

    /// <summary>The label column, with its type checked, and the number of classes its type allows.</summary>
    /// <exception cref="ArgumentException">The column is missing, is no key, or its key type allows fewer than 2 or far too many classes.</exception>
    public static (DataViewSchema.Column Column, int ClassCount) FindLabel(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Find(schema, name, "label");
        if (column.Type is not KeyDataViewType key)
            throw new ArgumentException(InputMessages.WrongLabel(name, column.Type, Cures.OfLabel(column.Type)), nameof(schema));
        if (key.Count is < 2 or > MaxClasses)
            throw new ArgumentException(InputMessages.WrongClassCount(name, key.Count, MaxClasses), nameof(schema));
        return (column, (int)key.Count);
    }

    /// <summary>A column of exactly one type.</summary>
    /// <exception cref="ArgumentException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column FindOf(DataViewSchema schema, string name, string role, PrimitiveDataViewType type)
    {
        DataViewSchema.Column column = Find(schema, name, role);
        return column.Type.Equals(type) ? column : throw new ArgumentException(InputMessages.WrongType(role, name, column.Type, $"{type}"), nameof(schema));
    }

    /// <summary>A vector of Single with one item a class, and the number of classes.</summary>
    /// <exception cref="ArgumentException">The column is missing, or is no vector of Single of known size with 2 items or more.</exception>
    public static (DataViewSchema.Column Column, int ClassCount) FindScores(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Find(schema, name, "score");
        return column.Type is VectorDataViewType { IsKnownSize: true, Size: >= 2 } type && type.ItemType == NumberDataViewType.Single
            ? (column, type.Size)
            : throw new ArgumentException(InputMessages.WrongType("score", name, column.Type, ScoresExpected), nameof(schema));
    }

    /// <summary>A vector with one item a class.</summary>
    /// <exception cref="ArgumentException">The column is missing, or is no such vector.</exception>
    public static DataViewSchema.Column FindVector(DataViewSchema schema, string name, string role, PrimitiveDataViewType item, int classCount)
    {
        DataViewSchema.Column column = Find(schema, name, role);
        return column.Type is VectorDataViewType type && type.Size == classCount && type.ItemType.Equals(item)
            ? column
            : throw new ArgumentException(InputMessages.WrongType(role, name, column.Type, $"a vector of {item} with {classCount} items, as the score has"), nameof(schema));
    }

    /// <summary>A key with one value a class.</summary>
    /// <exception cref="ArgumentException">The column is missing or no key, or its key type has another count.</exception>
    public static DataViewSchema.Column FindClasses(DataViewSchema schema, string name, string role, int classCount)
    {
        DataViewSchema.Column column = Find(schema, name, role);
        if (column.Type is not KeyDataViewType key)
            throw new ArgumentException(InputMessages.WrongType(role, name, column.Type, InputMessages.KeyExpected), nameof(schema));
        return key.Count == (ulong)classCount
            ? column
            : throw new ArgumentException(InputMessages.OtherClassCount(role, name, key.Count, classCount), nameof(schema));
    }

    /// <summary>The same checks on the outline of a schema that an estimator chain hands on before there is data.</summary>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    public static (SchemaShape.Column Features, SchemaShape.Column Label) FindShapes(SchemaShape shape, string featureName, string labelName, Func<DataViewType, bool> isPicture)
    {
        SchemaShape.Column features = FindFeatures(shape, featureName, isPicture);
        return (features, FindKey(shape, labelName, "label"));
    }

    /// <summary>The feature column of an outline.</summary>
    /// <exception cref="ArgumentException">The column is missing or has the wrong type.</exception>
    public static SchemaShape.Column FindFeatures(SchemaShape shape, string featureName, Func<DataViewType, bool> isPicture)
    {
        SchemaShape.Column features = Find(shape, featureName, "feature");
        bool isPictures = features.Kind == SchemaShape.Column.VectorKind.Scalar && !features.IsKey && isPicture(features.ItemType);
        if (isPictures)
            return features;
        if (features.Kind != SchemaShape.Column.VectorKind.Vector || features.IsKey || !IsPixel(features.ItemType))
        {
            bool isVector = features.Kind != SchemaShape.Column.VectorKind.Scalar;
            string cure = Cures.OfFeatures(features.ItemType, isVector, features.IsKey, features.Kind == SchemaShape.Column.VectorKind.Vector);
            throw new ArgumentException(InputMessages.WrongFeatures(featureName, Describe(features), cure), nameof(shape));
        }

        return features;
    }

    /// <summary>A key column of an outline.</summary>
    /// <exception cref="ArgumentException">The column is missing or no key.</exception>
    public static SchemaShape.Column FindKey(SchemaShape shape, string name, string role)
    {
        SchemaShape.Column column = Find(shape, name, role);
        return column.Kind == SchemaShape.Column.VectorKind.Scalar && column.IsKey
            ? column
            : throw new ArgumentException(InputMessages.WrongType(role, name, Describe(column), InputMessages.KeyExpected), nameof(shape));
    }

    /// <summary>A column of single numbers of an outline.</summary>
    /// <exception cref="ArgumentException">The column is missing or has another type.</exception>
    public static SchemaShape.Column FindOf(SchemaShape shape, string name, string role, PrimitiveDataViewType type)
    {
        SchemaShape.Column column = Find(shape, name, role);
        return column.Kind == SchemaShape.Column.VectorKind.Scalar && !column.IsKey && column.ItemType.Equals(type)
            ? column
            : throw new ArgumentException(InputMessages.WrongType(role, name, Describe(column), $"{type}"), nameof(shape));
    }

    /// <summary>A score column of an outline.</summary>
    /// <exception cref="ArgumentException">The column is missing or no vector of Single of known size.</exception>
    public static SchemaShape.Column FindScores(SchemaShape shape, string name)
    {
        SchemaShape.Column column = Find(shape, name, "score");
        return column.Kind == SchemaShape.Column.VectorKind.Vector && !column.IsKey && column.ItemType == NumberDataViewType.Single
            ? column
            : throw new ArgumentException(InputMessages.WrongType("score", name, Describe(column), ScoresExpected), nameof(shape));
    }

    private static bool IsPixel(DataViewType item) => item == NumberDataViewType.Single || item == NumberDataViewType.Byte;

    private static SchemaShape.Column Find(SchemaShape shape, string name, string role)
    {
        foreach (SchemaShape.Column column in shape)
            if (column.Name == name)
                return column;
        throw new ArgumentException(InputMessages.Missing(role, name, shape.Select(column => column.Name)), nameof(shape));
    }

    private static string Describe(SchemaShape.Column column)
    {
        string item = column.IsKey ? $"Key<{column.ItemType}>" : $"{column.ItemType}";
        return column.Kind switch
        {
            SchemaShape.Column.VectorKind.Scalar => item,
            SchemaShape.Column.VectorKind.Vector => $"Vector<{item}>",
            _ => $"Vector<{item}> of unknown size",
        };
    }
}
