package dev.assay.engine.train;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;

/**
 * A model of the goldens to be trained.
 *
 * @param checkpoint where it is
 */
record TrainedFixture(Checkpoint checkpoint, TrainableModel model) {
  private static final int TOKENS = 64;

  static TrainedFixture read(TorchSession torch, NDManager owner, Path directory, LinearForm form) {
    return read(torch, owner, directory, form, Asked.NOTHING);
  }

  static TrainedFixture read(
      TorchSession torch, NDManager owner, Path directory, LinearForm form, Asked asked) {
    return read(torch, owner, directory, form, asked, TOKENS);
  }

  static TrainedFixture read(
      TorchSession torch,
      NDManager owner,
      Path directory,
      LinearForm form,
      Asked asked,
      long tokens) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    return new TrainedFixture(
        checkpoint,
        TrainableModel.read(
            torch,
            owner,
            new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint)),
            form,
            asked,
            tokens));
  }
}
