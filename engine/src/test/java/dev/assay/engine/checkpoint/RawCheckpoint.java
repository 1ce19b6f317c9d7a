package dev.assay.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checkpoints put together byte by byte, so that they can be wrong. */
public final class RawCheckpoint {
  private RawCheckpoint() {}

  /** A directory with an empty configuration and one tensor: {@code x}, float32 [2], 1 and 2. */
  public static Checkpoint source(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"llama\"}");
    write(
        directory.resolve("model.safetensors"),
        "{'x': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}}",
        floats(1, 2));
    return Checkpoint.open(directory);
  }

  /** A safetensors file; quotes in the header may be single. */
  public static void write(Path file, String header, byte[] data) throws IOException {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .put(data);
    Files.write(file, bytes.array());
  }

  public static byte[] floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
