package dev.assay.engine.slice;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Slices a model and keeps the bases that were found.
 *
 * @param scope owner of the bases
 * @param source the model
 * @param samples token ids
 * @param directory where artifacts go
 */
record SliceRun(
    TorchSession torch, NDManager scope, Checkpoint source, List<long[]> samples, Path directory) {
  /**
   * @param bases by their places along the stream
   */
  record Found(Checkpoint artifact, List<StreamBasis> bases) {}

  ModelSpec spec() {
    return new Families().architecture(source);
  }

  Found through(String name, SliceGptParameters parameters) {
    Path target = directory.resolve(name);
    List<StreamBasis> bases = new ArrayList<>();
    new Pipeline(torch, spec(), registry(bases))
        .run(
            source,
            List.of(new Step("slicegpt", parameters)),
            samples,
            target,
            (stage, done, layers) -> {});
    return new Found(Checkpoint.open(target), bases);
  }

  private StageRegistry registry(List<StreamBasis> bases) {
    List<StageType<?>> types = new ArrayList<>();
    for (StageType<?> type : StageRegistry.load().all()) {
      types.add(
          type.name().equals("slicegpt")
              ? new StageType<>(
                  "slicegpt",
                  type.summary(),
                  SliceGptParameters.class,
                  parameters ->
                      new SliceGptMethod(parameters, (place, basis) -> bases.add(copy(basis))))
              : type);
    }
    return new StageRegistry(types);
  }

  private StreamBasis copy(StreamBasis basis) {
    return new StreamBasis(
        torch.tensors().copy(scope, basis.moments()),
        torch.tensors().copy(scope, basis.components()));
  }
}
