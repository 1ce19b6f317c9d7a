package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.SortedMap;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** The sha256 over names, types, shapes and bytes of tensors in order of their names. */
final class TensorHash {
  private static final int CHUNK = 1 << 20;

  private TensorHash() {}

  static String of(SortedMap<String, TensorInfo> tensors) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    for (Map.Entry<String, TensorInfo> entry : tensors.entrySet()) {
      TensorInfo info = entry.getValue();
      String heading =
          entry.getKey()
              + " "
              + info.dtype().safetensorsName()
              + " "
              + info.shape()
              + info.encoding().label()
              + "\n";
      digest.update(heading.getBytes(StandardCharsets.UTF_8));
      update(digest, chunk, info);
    }
    return Hex.encodeHexString(digest.digest());
  }

  private static void update(MessageDigest digest, ByteBuffer chunk, TensorInfo info) {
    Path file = info.file();
    try (FileChannel channel = FileChannel.open(file)) {
      long position = info.begin();
      while (position < info.end()) {
        chunk.clear().limit((int) Math.min(CHUNK, info.end() - position));
        int read = channel.read(chunk, position);
        if (read < 0) {
          throw new BadCheckpointException(file + ": ends at byte " + position);
        }
        position += read;
        digest.update(chunk.flip());
      }
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
