package dev.assay.harness.measure.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.slice.SliceGptParameters;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.measure.ReferenceModels;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightCensusTest {
  @Test
  void countsEveryLinearOfRef7m() {
    Checkpoint checkpoint = Checkpoint.open(ReferenceModels.directory("ref-7m"));
    LinearWeights found;
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      found = new WeightCensus(torch, checkpoint).count(new Families().architecture(checkpoint));
    }

    // 6,819,072 parameters: six layers of 786,432, the tied head, and 13 norms of 256.
    assertThat(found.layers()).hasSize(42);
    assertThat(found.layerCount()).isEqualTo(6 * 786_432);
    assertThat(found.head().count()).isEqualTo(8192 * 256);
    assertThat(found.layerStoredBytes()).isEqualTo(2 * found.layerCount());
    assertThat(found.usedProducts()).isEqualTo((double) found.layerCount());
    assertThat(found.usedNonZeros())
        .isBetween(found.layerCount() * 0.99, (double) found.layerCount());
  }

  /** What the stream is multiplied by past attention and feed-forward are products, too. */
  @Test
  void countsTheShortcutsOfASlicedModel(@TempDir Path directory) {
    Checkpoint source = Checkpoint.open(ReferenceModels.directory("ref-7m"));
    Path target = directory.resolve("sliced");
    LinearWeights found;
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
          .run(
              source,
              List.of(new Step("slicegpt", new SliceGptParameters(0.75, 8))),
              List.of(LongStream.range(0, 64).toArray()),
              target,
              (stage, finished, layers) -> {});
      Checkpoint sliced = Checkpoint.open(target);
      found = new WeightCensus(torch, sliced).count(new Families().architecture(sliced));
    }

    // Of 256 numbers 192 are left. A layer: q and o 49,152 each, k and v 24,576, gate, up and down
    // 147,456, two shortcuts 36,864: 663,552; the last writes all 256: 49,152 and 12,288 more.
    assertThat(found.layers()).hasSize(42 + 12);
    assertThat(found.layerCount()).isEqualTo(6 * 663_552 + 61_440);
    assertThat(found.head().count()).isEqualTo(8192 * 256);
    assertThat(found.layerStoredBytes()).isEqualTo(2 * found.layerCount());
  }
}
