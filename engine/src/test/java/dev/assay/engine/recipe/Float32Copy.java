package dev.assay.engine.recipe;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;

/**
 * A fixture's model in float32, in which the published codes were run: what a method leaves dense
 * is stored in the type of the checkpoint, and the next layer's inputs come from what is stored.
 */
public final class Float32Copy {
  private Float32Copy() {}

  /** The checkpoint, written to a directory that does not exist. */
  public static Checkpoint of(TorchSession torch, ModelFixture fixture, Path target) {
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(new Step("cast", new CastParameters(DType.FLOAT32))),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }
}
