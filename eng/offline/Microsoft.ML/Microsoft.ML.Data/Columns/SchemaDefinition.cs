using System.Reflection;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public Column this[string columnName]
    {
        get => this.FirstOrDefault(c => c.ColumnName == columnName);
        set
        {
            Guard.NotNull(value, nameof(value));
            Guard.Argument(value.ColumnName == columnName, nameof(columnName), $"The column is named '{value.ColumnName}', not '{columnName}'.");
            var at = FindIndex(c => c.ColumnName == columnName);
            if (at >= 0)
                this[at] = value;
            else
                Add(value);
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        var definition = new SchemaDefinition();
        foreach (var member in RowMember.Of(userType, direction))
        {
            Guard.Argument(definition[member.ColumnName] is null, nameof(userType), $"Two members of {userType} have the column name '{member.ColumnName}'.");
            definition.Add(new Column(member.Name, member.TypeFromAttributes(), member.ColumnName));
        }
        return definition;
    }

    public sealed class Column
    {
        private readonly List<(string Kind, DataViewType Type, Delegate Getter)> _annotations = new();

        internal Column(string memberName, DataViewType columnType, string columnName)
        {
            MemberName = memberName;
            ColumnType = columnType;
            ColumnName = columnName;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations
        {
            get
            {
                var builder = new DataViewSchema.Annotations.Builder();
                foreach (var (kind, type, getter) in _annotations)
                    builder.Add(kind, type, getter);
                return builder.ToAnnotations();
            }
        }

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Guard.NotNull(kind, nameof(kind));
            Guard.NotNull(annotationType, nameof(annotationType));
            Guard.State(!_annotations.Exists(a => a.Kind == kind), $"The column already has an annotation '{kind}'.");
            _annotations.Add((kind, annotationType, AnnotationGetter.Of(value, annotationType)));
        }

        internal void CopyAnnotations(DataViewSchema.Annotations annotations)
        {
            foreach (var column in annotations.Schema)
            {
                _annotations.RemoveAll(a => a.Kind == column.Name);
                _annotations.Add((column.Name, column.Type, annotations.GetGetterInternal(column.Index)));
            }
        }
    }
}
