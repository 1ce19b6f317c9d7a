package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerWalk;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.Folding;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A method that moves factors and stores nothing leaves a model that computes the same. */
class FoldingAloneTest extends TorchTest {
  @TempDir Path directory;

  /** Moves some factor wherever one can move. */
  private static final class Folds implements CompressionMethod {
    @Override
    public Set<Statistic> statistics() {
      return Set.of();
    }

    @Override
    public DType storedType(DType source) {
      return DType.FLOAT32;
    }

    @Override
    public void compress(LayerContext layer) {
      for (Folding folding : layer.layout().foldings()) {
        long channels = layer.layout().groups().get(folding.group()).inFeatures();
        NDArray scales =
            layer
                .scope()
                .arange(0, (float) channels, 1, DataType.FLOAT32)
                .mod(7)
                .mul(0.25)
                .add(0.5);
        assertThat(scales.getShape()).isEqualTo(new Shape(channels));
        LayerFolding.fold(layer, folding, scales);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mistral",
        "qwen2",
        "phi3",
        "mixtral",
        "gpt2",
        "gpt_neox",
        "gptj",
        "bloom",
        "opt",
        "t5",
        "bert"
      })
  void theArtifactComputesTheSame(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Path target = directory.resolve(family);
    List<LinearOutcome> outcomes;
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      outcomes =
          new LayerWalk(torch, fixture.checkpoint(), fixture.architecture())
              .run(new Folds(), List.of(), writer, (finished, layers) -> {});
      writer.finish(fixture.checkpoint(), "float32");
    }

    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, Checkpoint.open(target));

    assertThat(outcomes).isNotEmpty().allMatch(outcome -> "folded".equals(outcome.note()));
    assertThat(after.sub(before).norm().getFloat() / before.norm().getFloat()).isLessThan(1e-5f);
  }
}
