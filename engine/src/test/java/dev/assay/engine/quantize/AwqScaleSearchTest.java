package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.TorchTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwqScaleSearchTest extends TorchTest {
  private static final int BATCHES = 32;
  private static final int TOKENS = 48;
  private static final int WIDTH = 64;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void racingFindsARatioAsGoodOnAllText(long seed) {
    Outputs module = new Outputs(inputs(seed), true, false);
    AwqScales all = search(seed, module, false);
    AwqScales raced = search(seed, module, true);
    int found = (int) Math.round(raced.ratio() * all.losses().size());
    assertThat(all.losses().get(found)).isLessThanOrEqualTo(1.01 * all.loss());
    assertThat(raced.losses()).isNotEqualTo(all.losses());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void secondMomentsGiveTheLossOfOutputs(long seed) {
    List<Double> outputs = search(seed, new Outputs(inputs(seed), false, false), false).losses();
    List<Double> moments = search(seed, new Outputs(inputs(seed), false, true), false).losses();
    for (int k = 0; k < outputs.size(); k++) {
      assertThat(moments.get(k)).isCloseTo(outputs.get(k), withinPercentage(0.01));
    }
  }

  private AwqScales search(long seed, Outputs module, boolean racing) {
    AwqParameters parameters = new AwqParameters(3, 16, true, false, 20, false, racing, 0.5, 512);
    NDArray means =
        module.inputs().stream()
            .map(x -> x.abs().mean(new int[] {0}))
            .reduce(NDArray::add)
            .orElseThrow()
            .div(BATCHES);
    return new AwqScaleSearch(torch, parameters)
        .search(scope, means, List.of(normal(seed, 40, WIDTH)), module);
  }

  /** Inputs of which some channels are larger than others. */
  private List<NDArray> inputs(long seed) {
    return IntStream.range(0, BATCHES)
        .mapToObj(
            batch -> {
              NDArray channels = normal(seed + 100, 1, WIDTH).exp();
              return normal(seed * 1000 + batch, TOKENS, WIDTH).mul(channels);
            })
        .toList();
  }

  /**
   * A linear.
   *
   * @param rectified whether negative outputs become 0
   * @param linear whether it says that it is no more than a linear
   */
  private record Outputs(List<NDArray> inputs, boolean rectified, boolean linear)
      implements InspectedModule {
    @Override
    public int batches() {
      return inputs.size();
    }

    @Override
    public Optional<List<NDArray>> linearInputs() {
      return linear ? Optional.of(inputs) : Optional.empty();
    }

    @Override
    public Bound bind(List<NDArray> weights) {
      return new Bound() {
        @Override
        public NDArray output(NDManager owner, int batch) {
          NDArray output = inputs.get(batch).matMul(weights.get(0).transpose());
          output = rectified ? output.maximum(0) : output;
          output.attach(owner);
          return output;
        }

        @Override
        public void close() {}
      };
    }
  }
}
