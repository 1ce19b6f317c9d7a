package dev.assay.harness.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.apache.commons.io.file.PathUtils;

/** Copies of a reference model with one thing wrong each. */
final class BrokenModels {
  private static final String WEIGHTS = "model.safetensors";

  private BrokenModels() {}

  /** One weight of a linear is not a number. */
  static Path withNaN(Path target) throws IOException {
    copy(target);
    try (FileChannel channel =
        FileChannel.open(
            target.resolve(WEIGHTS), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(length, 0);
      int bytes = Math.toIntExact(length.flip().getLong());
      ByteBuffer header = ByteBuffer.allocate(bytes);
      channel.read(header, 8);
      String text = new String(header.array(), StandardCharsets.UTF_8);
      int entry = text.indexOf("\"model.layers.3.mlp.down_proj.weight\"");
      int offsets = text.indexOf("\"data_offsets\":[", entry) + "\"data_offsets\":[".length();
      long begin = Long.parseLong(text.substring(offsets, text.indexOf(',', offsets)).strip());
      // A float16 with all bits of the exponent set and one of the fraction.
      channel.write(ByteBuffer.wrap(new byte[] {1, 0x7E}), 8 + bytes + begin);
    }
    return target;
  }

  /** The last bytes of the weights are missing. */
  static Path truncated(Path target) throws IOException {
    copy(target);
    byte[] content = Files.readAllBytes(target.resolve(WEIGHTS));
    Files.write(target.resolve(WEIGHTS), Arrays.copyOf(content, content.length - 1000));
    return target;
  }

  private static void copy(Path target) throws IOException {
    PathUtils.copyDirectory(TestBench.model("ref-7m"), Files.createDirectories(target));
  }
}
