package dev.assay.engine.calibration;

/**
 * What training a model holds at once; for forecasts.
 *
 * @param sequences of a batch
 * @param length tokens of each
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
    int memories,
    long trained,
    boolean recomputes,
    int originals,
    long teachers,
    boolean apart) {
  /** The same with more tensors as large as what is trained. */
  public TrainingExtent beside(int more) {
    return new TrainingExtent(
        sequences, length, memories + more, trained, recomputes, originals, teachers, apart);
  }
}
