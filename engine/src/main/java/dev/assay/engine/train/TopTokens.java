package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * The most probable tokens of a teacher at each position of a batch, in place of its logits; 0 at
 * positions that are not scored.
 */
final class TopTokens {
  private final int sequences;
  private final int tokens;
  private final int k;
  private final long[] ids;
  private final float[] logs;
  private final float[] tails;

  /** None yet. */
  TopTokens(int sequences, int tokens, int k) {
    this.sequences = sequences;
    this.tokens = tokens;
    this.k = k;
    this.ids = new long[Math.multiplyExact(sequences * tokens, k)];
    this.logs = new float[ids.length];
    this.tails = new float[sequences * tokens];
  }

  /** Takes those of a position from those that were kept of its sequence. */
  void put(int sequence, int token, TopRows from, int row) {
    int place = sequence * tokens + token;
    for (int i = 0; i < k; i++) {
      ids[place * k + i] = from.ids()[row * k + i];
    }
    System.arraycopy(from.logs(), row * k, logs, place * k, k);
    tails[place] = from.tails()[row];
  }

  /**
   * As scripts take them: ids, int64 [sequences, tokens, k], log-probabilities, and the log of what
   * all others have together, [sequences, tokens].
   */
  List<NDArray> tensors(NDManager owner) {
    Shape shape = new Shape(sequences, tokens, k);
    return List.of(
        owner.create(ids, shape),
        owner.create(logs, shape),
        owner.create(tails, new Shape(sequences, tokens)));
  }
}
