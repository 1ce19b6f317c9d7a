package dev.assay.engine.calibration;

/**
 * What training a model holds at once; for forecasts.
 *
 * @param sequences of a batch
 * @param length tokens of each
 * @param batches that gradients are taken of, in all runs together
 * @param memories tensors as large as what is trained that are remembered, by the optimizer first
 * @param trained parameters that are trained; −1 for all of the model
 * @param recomputes whether layers are computed again in the backward pass
 * @param originals teachers that are the model as it was
 * @param teachers parameters of the other teachers
 * @param apart whether teachers run before, over one sequence at a time, and are gone then
 */
public record TrainingExtent(
    long sequences,
    long length,
    long batches,
    int memories,
    long trained,
    boolean recomputes,
    int originals,
    long teachers,
    boolean apart) {
  /** The same over more batches. */
  public TrainingExtent over(long more) {
    return new TrainingExtent(
        sequences, length, more, memories, trained, recomputes, originals, teachers, apart);
  }

  /** Tokens that are learned from, of all batches together. */
  public long tokens() {
    return batches * sequences * length;
  }

  /** The same with more tensors as large as what is trained. */
  public TrainingExtent beside(int more) {
    return new TrainingExtent(
        sequences,
        length,
        batches,
        memories + more,
        trained,
        recomputes,
        originals,
        teachers,
        apart);
  }
}
