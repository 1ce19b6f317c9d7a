package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ModelCensus;
import dev.assay.engine.working.ModelSize;
import dev.assay.engine.working.WorkingModel;
import dev.assay.leaderboard.result.StageSize;
import java.nio.file.Path;

/** What models amount to, as results have it. */
final class StageSizes {
  private StageSizes() {}

  static StageSize of(ModelSize size) {
    return new StageSize(
        size.parameters(),
        size.bytes(),
        size.linears().parameters(),
        size.linears().zeros(),
        size.linears().bytes(),
        size.compressed().before(),
        size.compressed().now());
  }

  /**
   * Of a model that no stage has worked on.
   *
   * @param nowhere a directory that does not exist, and is not made
   */
  static StageSize of(TorchSession torch, Checkpoint model, ModelSpec spec, Path nowhere) {
    return of(
        ModelCensus.of(torch, new WorkingModel(torch, model, spec, WeightFormats.load(), nowhere)));
  }
}
