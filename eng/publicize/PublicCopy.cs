using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Publicize;

/// <summary>
/// Rewrites the accessibility flags of an assembly image in place: what the compiler would refuse becomes public.
/// Nothing moves and nothing else changes, so the copy has the same name, version, key and tokens as its source.
/// It is for compiling against only; its strong-name hash no longer fits.
/// </summary>
internal static class PublicCopy
{
    // Positions of the Flags column inside a metadata row (ECMA-335 II.22.37, II.22.26, II.22.15).
    private const int TypeFlags = 0;
    private const int MethodFlags = 6;
    private const int FieldFlags = 0;

    /// <summary>Makes types, methods and fields of the image public.</summary>
    /// <param name="image">The bytes of a managed assembly; changed in place.</param>
    /// <exception cref="BadImageFormatException">The bytes are no managed assembly.</exception>
    public static void OpenEverything(byte[] image)
    {
        // The reader works on its own copy: it must not see the changes while it is asked for names.
        using var file = new PEReader(ImmutableArray.Create(image));
        if (!file.HasMetadata)
            throw new BadImageFormatException("The file is not a managed assembly.");

        MetadataReader reader = file.GetMetadataReader();
        int start = file.PEHeaders.MetadataStartOffset;
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            Span<byte> typeRow = Row(image, reader, start, TableIndex.TypeDef, MetadataTokens.GetRowNumber(handle));
            OpenType(typeRow[TypeFlags..], type.Attributes);

            foreach (MethodDefinitionHandle method in type.GetMethods())
            {
                Span<byte> row = Row(image, reader, start, TableIndex.MethodDef, MetadataTokens.GetRowNumber(method));
                OpenMethod(row[MethodFlags..], reader, reader.GetMethodDefinition(method));
            }

            HashSet<string> events = [.. type.GetEvents().Select(e => reader.GetString(reader.GetEventDefinition(e).Name))];
            foreach (FieldDefinitionHandle field in type.GetFields())
            {
                Span<byte> row = Row(image, reader, start, TableIndex.Field, MetadataTokens.GetRowNumber(field));
                OpenField(row[FieldFlags..], reader, reader.GetFieldDefinition(field), events);
            }
        }
    }

    private static Span<byte> Row(byte[] image, MetadataReader reader, int metadataStart, TableIndex table, int rowNumber)
    {
        int size = reader.GetTableRowSize(table);
        return image.AsSpan(metadataStart + reader.GetTableMetadataOffset(table) + ((rowNumber - 1) * size), size);
    }

    private static void OpenType(Span<byte> flags, TypeAttributes attributes)
    {
        bool nested = (attributes & TypeAttributes.VisibilityMask) > TypeAttributes.Public;
        TypeAttributes open = nested ? TypeAttributes.NestedPublic : TypeAttributes.Public;
        BinaryPrimitives.WriteUInt32LittleEndian(flags, (uint)((attributes & ~TypeAttributes.VisibilityMask) | open));
    }

    private static void OpenMethod(Span<byte> flags, MetadataReader reader, MethodDefinition method)
    {
        MethodAttributes access = method.Attributes & MethodAttributes.MemberAccessMask;
        // A protected member stays protected: overrides of it live in other assemblies too, and C# wants them alike.
        bool closed = access is MethodAttributes.Private or MethodAttributes.Assembly or MethodAttributes.FamANDAssem;
        // A dot names a static constructor or an explicit interface member, which C# cannot call by that name anyway.
        string name = reader.GetString(method.Name);
        bool ordinary = name == ".ctor" || !name.Contains('.', StringComparison.Ordinal);
        if (closed && ordinary && !IsGenerated(name))
        {
            MethodAttributes open = (method.Attributes & ~MethodAttributes.MemberAccessMask) | MethodAttributes.Public;
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)open);
        }
    }

    private static void OpenField(Span<byte> flags, MetadataReader reader, FieldDefinition field, HashSet<string> events)
    {
        FieldAttributes access = field.Attributes & FieldAttributes.FieldAccessMask;
        bool closed = access is FieldAttributes.Private or FieldAttributes.Assembly or FieldAttributes.FamANDAssem;
        // The field behind an event has the event's name: were it public, neither could be named.
        string name = reader.GetString(field.Name);
        if (closed && !IsGenerated(name) && !events.Contains(name))
        {
            FieldAttributes open = (field.Attributes & ~FieldAttributes.FieldAccessMask) | FieldAttributes.Public;
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)open);
        }
    }

    private static bool IsGenerated(string name) => name.Contains('<', StringComparison.Ordinal);
}
