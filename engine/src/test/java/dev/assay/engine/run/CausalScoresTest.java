package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One token's scores, computed alone and with a second one beside it. */
class CausalScoresTest extends TorchTest {
  private final Random random = new Random(7);

  /** The last has too few keys for a second query, the third shares its keys already. */
  @ParameterizedTest
  @CsvSource({"12, 12, 100, 0", "12, 12, 100, 70", "12, 3, 200, 0", "2, 2, 9, 0"})
  void aSecondQueryChangesLittle(int heads, int shared, int keys, int window) {
    NDArray q = normal(1, heads, 1, 64);
    NDArray k = normal(1, shared, keys, 64);
    NDArray v = normal(1, shared, keys, 64);
    float[] exact = context(DType.FLOAT32, window, 0, q, k, v);

    float[] alone = context(DType.BFLOAT16, window, 0, q, k, v);
    float[] paired = context(DType.BFLOAT16, window, 384 * 64, q, k, v);

    assertThat(paired).hasSize(heads * 64);
    for (int i = 0; i < paired.length; i++) {
      assertThat(paired[i]).as("element " + i).isCloseTo(alone[i], within(8e-3f));
      assertThat(paired[i]).as("element " + i).isCloseTo(exact[i], within(2e-2f));
    }
  }

  private float[] context(DType type, int window, long paired, NDArray q, NDArray k, NDArray v) {
    ScriptModule scores =
        ScriptModule.load(
            scope,
            Scripts.module("attention.CausalScores")
                .with("scale", 0.125)
                .with("window", window)
                .with("paired_elements", paired)
                .object());
    NDArray context = scores.call(scope, "one", as(type, q), as(type, k), as(type, v));
    return torch.tensors().floats(context);
  }

  private NDArray as(DType type, NDArray tensor) {
    return torch.tensors().cast(scope, tensor, type);
  }

  private NDArray normal(int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.of(scope, values, Arrays.stream(shape).asLongStream().toArray());
  }
}
