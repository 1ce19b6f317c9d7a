package dev.assay.harness.measure.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.measure.ReferenceModels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GenerationTest {
  private static GenerationSettings settings(int prompt, int generated) {
    return new GenerationSettings(
        ReferenceModels.directory("ref-7m"),
        Execution.reference(TorchDevice.CPU),
        1,
        2,
        new GenerationLength(prompt, generated));
  }

  @Test
  void generatesWhatPassesWithoutACacheChoose() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1);
        Generation generation = Generation.open(torch, settings(6, 4))) {
      long[] first = generation.prefill();
      long[] last = generation.decode(first);
      generation.reset();

      assertThat(generation.decode(generation.prefill())).isEqualTo(last);
      long[][] ids = SeededPrompt.of(8192, 2, 6);
      for (int token = 0; token < 4; token++) {
        long[] next = greedy(torch, generation, ids);
        assertThat(next).isEqualTo(token == 0 ? first : token == 3 ? last : next);
        for (int row = 0; row < ids.length; row++) {
          ids[row] = Arrays.copyOf(ids[row], ids[row].length + 1);
          ids[row][ids[row].length - 1] = next[row];
        }
      }
    }
  }

  private static long[] greedy(TorchSession torch, Generation generation, long[][] ids) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return generation.model().logits(scope, ids).get(":, -1, :").argMax(1).toLongArray();
    }
  }

  @Test
  void aPromptBeyondTheContextIsRefused() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      assertThatThrownBy(() -> Generation.open(torch, settings(1000, 26)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("1000 and 26")
          .hasMessageContaining("context of 1024");
    }
  }

  @Test
  void aStepAttendsToOneMorePositionThanTheLast() {
    GenerationLength length = new GenerationLength(10, 5);

    // Four steps at 11, 12, 13 and 14 positions.
    assertThat(length.steps()).isEqualTo(4);
    assertThat(length.meanContext()).isEqualTo(12.5);
    assertThat(length.capacity()).isEqualTo(14);
  }
}
