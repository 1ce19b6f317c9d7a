package dev.assay.engine.recipe;

import dev.assay.engine.calibration.StageContext;

/**
 * Passes on how far a stage is, and notes the time that it has taken so far.
 *
 * @param stage its name
 */
record StageProgress(String stage, StageClock clock, Pipeline.Listener listener)
    implements StageContext.Progress {
  @Override
  public void done(int finished, int all) {
    clock.note();
    listener.layerFinished(stage, finished, all);
  }

  @Override
  public void done(int finished, int all, String said) {
    clock.note();
    listener.stepFinished(stage, finished, all, said);
  }
}
