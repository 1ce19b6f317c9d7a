package dev.assay.engine.train;

/**
 * What losses are divided by: of all batches of a step together, so that no mean depends on how
 * they were padded or split. A {@code counts.Counts}.
 *
 * @param scored tokens that are scored
 * @param attended tokens that are not padding
 * @param examples sequences
 * @param scoredPairs squares of the scored ones, summed over sequences
 * @param attendedPairs squares of those that are not padding
 * @param scoredReads products of both
 */
public record BatchCounts(
    double scored,
    double attended,
    double examples,
    double scoredPairs,
    double attendedPairs,
    double scoredReads) {
  /** Of no sequence. */
  public static final BatchCounts NONE = new BatchCounts(0, 0, 0, 0, 0, 0);

  /** Of one sequence. */
  public static BatchCounts of(double scored, double attended) {
    return new BatchCounts(
        scored, attended, 1, scored * scored, attended * attended, scored * attended);
  }

  /** Of these and others. */
  public BatchCounts plus(BatchCounts other) {
    return new BatchCounts(
        scored + other.scored,
        attended + other.attended,
        examples + other.examples,
        scoredPairs + other.scoredPairs,
        attendedPairs + other.attendedPairs,
        scoredReads + other.scoredReads);
  }

  double[] values() {
    return new double[] {scored, attended, examples, scoredPairs, attendedPairs, scoredReads};
  }
}
