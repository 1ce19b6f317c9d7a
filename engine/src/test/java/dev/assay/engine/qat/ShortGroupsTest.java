package dev.assay.engine.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows whose last group has fewer columns than the others. */
class ShortGroupsTest extends TorchTest {
  private static final int SIZE = 16;
  private static final int SHORT = 5;

  /** What fills a group up in memory is no weight of it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theirScaleIsThatOfTheirOwnColumns(int bits) {
    Random random = new Random(3);
    float[] values = new float[SIZE + SHORT];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] alone = Arrays.copyOfRange(values, SIZE, values.length);

    float[] both = rounded(values, FakeQuantizers.llmQatWeight(bits, SIZE, false));
    float[] last = rounded(alone, FakeQuantizers.llmQatWeight(bits, -1, false));

    assertThat(Arrays.copyOfRange(both, SIZE, values.length)).containsExactly(last, within(1e-6f));
    double mean = 0;
    for (float each : alone) {
      mean += Math.abs(each) / SHORT;
    }
    double step = bits == 1 ? 1 : 0.5;
    for (float each : last) {
      assertThat(Math.abs(each) / mean % (2 * step)).isCloseTo(step, within(1e-4));
    }
  }

  /** All of one sign, so that what fills a group up would widen the range. */
  @Test
  void theirGridIsThatOfTheirOwnColumns() {
    float[] values = new float[SIZE + SHORT];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + 0.01f * i;
    }
    NDArray both = scope.create(values, new Shape(1, values.length));
    NDArray alone =
        scope.create(Arrays.copyOfRange(values, SIZE, values.length), new Shape(1, SHORT));

    List<NDArray> grid = GridPlan.startingGrid(torch, scope, both, 4, SIZE);
    List<NDArray> last = GridPlan.startingGrid(torch, scope, alone, 4, -1);

    for (int i = 0; i < grid.size(); i++) {
      assertThat(grid.get(i).toFloatArray()[1]).isEqualTo(last.get(i).toFloatArray()[0]);
    }
    assertThat(last.get(0).toFloatArray()[0]).isCloseTo(0.04f / 15, within(1e-6f));
  }

  private float[] rounded(float[] row, ModuleNode quantizer) {
    ModuleNode bench =
        new ModuleNode(ScriptClass.of(QuantizerCheck.class, "qat_bench.QuantizerBench"))
            .with("quantizer", quantizer);
    NDArray x = scope.create(row, new Shape(1, row.length)).duplicate();
    x.setRequiresGradient(true);
    NDArray upstream = scope.ones(x.getShape());
    try (ScriptModule script = ScriptModule.load(scope, bench.object())) {
      script.load(bench.tensors());
      return script.callWithAutograd(scope, "judged", List.of(x, upstream)).get(0).toFloatArray();
    }
  }
}
