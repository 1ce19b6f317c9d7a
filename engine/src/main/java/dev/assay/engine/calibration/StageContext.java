package dev.assay.engine.calibration;

import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.RunnableModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.List;

/**
 * What a stage works with.
 *
 * @param torch libtorch, on the device of the stage
 * @param original the model as it was before all stages
 * @param samples token ids of calibration sequences of one length; empty where no stage needs them
 * @param selection the linears that it is to work on
 * @param rounds whether this is the last stage, so that dense values take the artifact's types
 * @param progress hears how far it is
 * @param room what a stage that trains works with beside
 */
public record StageContext(
    TorchSession torch,
    ModelWeights original,
    List<long[]> samples,
    Selection selection,
    boolean rounds,
    Progress progress,
    StageRoom room) {
  public StageContext {
    samples = List.copyOf(samples);
  }

  /** Of a stage that does not train. */
  public StageContext(
      TorchSession torch,
      ModelWeights original,
      List<long[]> samples,
      Selection selection,
      boolean rounds,
      Progress progress) {
    this(torch, original, samples, selection, rounds, progress, StageRoom.EMPTY);
  }

  /** Hears how far a stage is. */
  @FunctionalInterface
  public interface Progress {
    /** Some of all steps are done: layers, or whatever a whole-model method counts. */
    void done(int finished, int all);

    /**
     * The same of a stage that tells how it goes.
     *
     * @param said a few words, for people
     */
    default void done(int finished, int all, String said) {
      done(finished, all);
    }
  }

  /** The same with the first of the samples alone. */
  StageContext first(int some) {
    return new StageContext(
        torch,
        original,
        samples.subList(0, Math.min(some, samples.size())),
        selection,
        rounds,
        progress,
        room);
  }

  /**
   * The samples, where the method cannot do without.
   *
   * @throws IllegalArgumentException if there are none
   */
  public List<long[]> requiredSamples() {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("the method needs calibration samples, none are given");
    }
    return samples;
  }

  /** The model as it is at a moment, ready to run; to be closed. */
  public RunnableModel run(ModelWeights model, Execution execution) {
    return RunnableModel.load(torch, model, execution);
  }
}
