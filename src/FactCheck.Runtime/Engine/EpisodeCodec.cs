using System.Text;

namespace FactCheck.Runtime;

/// <summary>Episodes and messages as bytes. A row says its format first, so that a later release can read what an earlier one wrote.</summary>
internal static class EpisodeCodec
{
    private const byte Format = 1;

    public static byte[] Write(Episode episode)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(Format);
        writer.Write(episode.Time.Ticks);
        writer.Write7BitEncodedInt(episode.Messages.Count);
        foreach (var message in episode.Messages)
            Write(writer, message);
        writer.Write7BitEncodedInt(episode.Actions.Count);
        foreach (var action in episode.Actions)
        {
            writer.Write((byte)action.Kind);
            writer.Write7BitEncodedInt(action.Id);
            writer.Write(action.Name);
            WriteText(writer, action.Target);
            writer.Write7BitEncodedInt64(action.Due);
        }
        return buffer.ToArray();
    }

    public static Episode Read(byte[] data)
    {
        using var reader = Open(data);
        var time = new DateTime(reader.ReadInt64(), DateTimeKind.Utc);
        var messages = new Message[reader.Read7BitEncodedInt()];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = ReadMessage(reader);
        var actions = new OrchestratorAction[reader.Read7BitEncodedInt()];
        for (var i = 0; i < actions.Length; i++)
        {
            actions[i] = new OrchestratorAction
            {
                Kind = (ActionKind)reader.ReadByte(),
                Id = reader.Read7BitEncodedInt(),
                Name = reader.ReadString(),
                Target = ReadText(reader),
                Due = reader.Read7BitEncodedInt64(),
            };
        }
        return new(time, messages, actions);
    }

    public static byte[] WriteMessage(Message message)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(Format);
        Write(writer, message);
        return buffer.ToArray();
    }

    public static Message ReadMessage(byte[] data)
    {
        using var reader = Open(data);
        return ReadMessage(reader);
    }

    private static BinaryReader Open(byte[] data)
    {
        var reader = new BinaryReader(new MemoryStream(data), Encoding.UTF8);
        var format = reader.ReadByte();
        return format == Format
            ? reader
            : throw new InvalidDataException($"History is written in format {format}; this release reads format {Format}.");
    }

    private static void Write(BinaryWriter writer, Message message)
    {
        writer.Write((byte)message.Kind);
        writer.Write7BitEncodedInt(message.TaskId);
        writer.Write7BitEncodedInt(message.Generation);
        writer.Write(message.Final);
        WriteText(writer, message.Name);
        // A start's input is stored beside the history, once.
        WriteText(writer, message.Kind == MessageKind.Started ? null : message.Data);
    }

    private static Message ReadMessage(BinaryReader reader) => new()
    {
        Kind = (MessageKind)reader.ReadByte(),
        TaskId = reader.Read7BitEncodedInt(),
        Generation = reader.Read7BitEncodedInt(),
        Final = reader.ReadBoolean(),
        Name = ReadText(reader),
        Data = ReadText(reader),
    };

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
            writer.Write(text);
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
