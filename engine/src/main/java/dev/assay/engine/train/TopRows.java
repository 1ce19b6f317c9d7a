package dev.assay.engine.train;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** The most probable tokens of a teacher at the scored positions of one sequence, in order. */
final class TopRows {
  private final int[] ids;
  private final float[] logs;
  private final float[] tails;

  /**
   * @param ids [scored, k]
   * @param logs their log-probabilities
   * @param tails the log of what all others have together, [scored]
   */
  TopRows(int[] ids, float[] logs, float[] tails) {
    if (ids.length != logs.length || tails.length > 0 && ids.length % tails.length != 0) {
      throw new IllegalArgumentException(
          "found %d ids, %d logs and %d tails, expected as many of each position"
              .formatted(ids.length, logs.length, tails.length));
    }
    this.ids = ids;
    this.logs = logs;
    this.tails = tails;
  }

  int[] ids() {
    return ids;
  }

  float[] logs() {
    return logs;
  }

  float[] tails() {
    return tails;
  }

  /** Tells whether all of it was written. */
  long checksum() {
    CRC32 sum = new CRC32();
    for (ByteBuffer part :
        new ByteBuffer[] {TopFile.bytes(ids), TopFile.bytes(logs), TopFile.bytes(tails)}) {
      sum.update(part);
    }
    return sum.getValue();
  }
}
