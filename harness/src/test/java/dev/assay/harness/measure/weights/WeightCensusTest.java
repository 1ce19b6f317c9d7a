package dev.assay.harness.measure.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.measure.ReferenceModels;
import org.junit.jupiter.api.Test;

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
    assertThat(found.usedCount()).isEqualTo((double) found.layerCount());
    assertThat(found.usedNonZeros())
        .isBetween(found.layerCount() * 0.99, (double) found.layerCount());
  }
}
