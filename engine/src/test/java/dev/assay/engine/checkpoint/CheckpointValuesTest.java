package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The models of the families against numbers from NumPy 2.4.6: {@code np.frombuffer} on the bytes
 * of each tensor (BF16 as the upper half of float32), Σ |value| of all tensors in float64.
 */
class CheckpointValuesTest extends TorchTest {
  @ParameterizedTest
  @CsvSource({
    "llama, FLOAT32, 30, 32866.57127356515",
    "mistral, FLOAT32, 21, 21958.165130001868",
    "qwen2, BFLOAT16, 26, 19140.339070789516",
    "opt, FLOAT16, 36, 18205.85836982727",
  })
  void everyTensorIsRead(String model, DType dtype, int count, double sum) {
    Checkpoint checkpoint = open(model);
    double found = 0;
    for (String name : checkpoint.names()) {
      try (NDManager each = scope.newSubManager()) {
        NDArray tensor = checkpoint.tensor(torch, each, name);
        assertThat(tensor.getShape()).isEqualTo(checkpoint.info(name).shape());
        assertThat(torch.tensors().typeOf(tensor)).isEqualTo(dtype);
        for (float value : torch.tensors().floats(tensor)) {
          found += Math.abs((double) value);
        }
      }
    }

    assertThat(checkpoint.names()).hasSize(count);
    assertThat(found).isCloseTo(sum, within(1e-6));
    assertThat(checkpoint.config().get("model_type").asText()).isEqualTo(model);
  }

  @ParameterizedTest
  @CsvSource({
    "llama, model.layers.1.self_attn.q_proj.weight,"
        + " -0.041362062096595764, 0.2592090964317322, -0.03041665442287922",
    "mistral, model.layers.1.self_attn.q_proj.weight,"
        + " 0.09600191563367844, 0.4084605872631073, -0.18976542353630066",
    "qwen2, model.layers.1.self_attn.q_proj.weight, 0.043212890625, 0.251953125, 0.11767578125",
    "opt, model.decoder.layers.1.self_attn.q_proj.weight,"
        + " 0.1363525390625, -0.2607421875, -0.027801513671875",
  })
  void valuesAreInPlace(String model, String name, float first, float second, float last) {
    NDArray tensor = open(model).tensor(torch, scope, name);

    float[] values = torch.tensors().floats(tensor);

    assertThat(values[0]).isEqualTo(first);
    assertThat(values[1]).isEqualTo(second);
    assertThat(values[values.length - 1]).isEqualTo(last);
  }

  private static Checkpoint open(String model) {
    return Checkpoint.open(Goldens.room("families").resolve(model));
  }
}
