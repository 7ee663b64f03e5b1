using Publicize;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Publicize SOURCE.dll TARGET.dll");
    return 2;
}

byte[] image = File.ReadAllBytes(args[0]);
PublicCopy.OpenEverything(image);
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(args[1]))!);
File.WriteAllBytes(args[1], image);
return 0;
