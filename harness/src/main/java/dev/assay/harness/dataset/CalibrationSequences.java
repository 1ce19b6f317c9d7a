package dev.assay.harness.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;

/** Token ids that a compression was calibrated on: samples × length. */
public final class CalibrationSequences {
  private final long[][] sequences;

  /**
   * @param sequences one row a sample, all of one length
   */
  public CalibrationSequences(long[][] sequences) {
    if (sequences.length == 0) {
      throw new IllegalArgumentException("found no sequence, expected at least one");
    }
    for (long[] sequence : sequences) {
      if (sequence.length != sequences[0].length) {
        throw new IllegalArgumentException("found sequences of different lengths");
      }
    }
    this.sequences = copy(sequences);
  }

  public int samples() {
    return sequences.length;
  }

  public int length() {
    return sequences[0].length;
  }

  /** A copy of the token ids, one row a sample. */
  public long[][] ids() {
    return copy(sequences);
  }

  /** sha256 in hex over the ids as little-endian 64-bit integers, sequence after sequence. */
  public String sha256() {
    return DigestUtils.sha256Hex(bytes());
  }

  /** Writes the very bytes that {@link #sha256} is of. */
  public void writeTo(Path file) throws IOException {
    Files.write(file, bytes());
  }

  private byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(samples() * length(), Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long[] sequence : sequences) {
      bytes.asLongBuffer().put(sequence);
      bytes.position(bytes.position() + length() * Long.BYTES);
    }
    return bytes.array();
  }

  private static long[][] copy(long[][] rows) {
    return Arrays.stream(rows).map(long[]::clone).toArray(long[][]::new);
  }
}
