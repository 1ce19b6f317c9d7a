package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.outlier.BilevelWeight;
import dev.assay.engine.weight.outlier.GroupNumbers;
import dev.assay.engine.weight.outlier.SparseValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes on grids with a few values in their place. */
@EnabledIf("dev.assay.engine.ops.NativeOps#areHere")
class TiledOutlierKernelTest extends TorchTest {
  @ParameterizedTest
  @CsvSource({
    "3, 40, 128, 16, true, 0.02",
    "4, 33, 96, 32, false, 0.01",
    "2, 16, 100, 8, true, 0.2",
    "8, 17, 64, 64, false, 0",
    "5, 1, 72, 24, false, 1"
  })
  void productsAreThoseOfTheValues(
      int bits, int out, int in, int group, boolean ordered, double outliers) {
    BilevelWeight weight = weight(bits, out, in, group, ordered, outliers);
    for (DType dtype : List.of(DType.BFLOAT16, DType.FLOAT16)) {
      RunnableLinear linear = prepare(weight, dtype, KernelInputs.NATIVE);
      assertThat(linear.simulated()).isFalse();
      new KernelProducts(torch, scope)
          .assertNear(linear, weight.dequantize(torch, scope), dtype, 0, 1, 4, 5, 64, 130);
    }
  }

  /** Outliers see the inputs as they are. */
  @Test
  void inputsOfBytesAreThoseOfTheGrid() {
    BilevelWeight weight = weight(3, 40, 128, 32, false, 0.02);
    RunnableLinear linear = prepare(weight, DType.BFLOAT16, KernelInputs.INT8);
    assertThat(linear.rounding()).contains("as integers of 8 bits");
    NDArray x = scope.randomNormal(0, 1, new Shape(3, 128), DataType.FLOAT32);
    NDArray narrow = torch.tensors().cast(scope, x, DType.BFLOAT16);
    NDArray wide = torch.tensors().cast(scope, narrow, DType.FLOAT32);
    assertThat(
            new KernelProducts(torch, scope)
                .off(linear, weight.dequantize(torch, scope), narrow, wide))
        .isBetween(1e-4f, 4e-2f);
  }

  /** A token reads codes, numbers of groups in 16 bits, and 8 bytes an outlier. */
  @Test
  void holdsWhatItSays() {
    BilevelWeight weight = weight(3, 32, 128, 16, false, 0.02);
    RunnableLinear linear = prepare(weight, DType.BFLOAT16, KernelInputs.NATIVE);
    long codes = 32 * 128 * 3 / 8;
    long groups = 32 * 8 * 2 * 2;
    long sparse = 33 * 4 + weight.outliers().count() * 8;
    assertThat(linear.bytes()).isEqualTo(codes + groups + sparse);
    assertThat(linear.form()).startsWith("int3 packed, group 16, in tiles, and ");
  }

  private RunnableLinear prepare(BilevelWeight weight, DType dtype, KernelInputs inputs) {
    Execution execution = Execution.packed(torch.device(), dtype, inputs);
    RunnableLinear linear =
        new LinearPreparer(torch, execution).prepare(scope, List.of(weight)).parts().get(0);
    assertThat(linear.kernel()).isEqualTo("tiled-outliers");
    return linear;
  }

  private BilevelWeight weight(
      int bits, int out, int in, int group, boolean ordered, double share) {
    Random random = new Random(11);
    byte[] codes = new byte[out * in];
    float[] values = new float[out * in];
    boolean[] picked = new boolean[out * in];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(1 << bits);
      values[i] = (float) random.nextGaussian();
      picked[i] = random.nextDouble() < share;
    }
    int groups = (in + group - 1) / group;
    float[] scales = new float[out * groups];
    float[] zeros = new float[out * groups];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.01f + 0.02f * random.nextFloat();
      zeros[i] = (1 << bits) * random.nextFloat();
    }
    NDArray matrix = scope.create(values, new Shape(out, in));
    NDArray mask = scope.create(picked, new Shape(out, in));
    return new BilevelWeight(
        scope.create(codes, new Shape(out, in)).toType(DataType.UINT8, true),
        new GroupNumbers.Plain(scope.create(scales, new Shape(out, groups))),
        new GroupNumbers.Plain(scope.create(zeros, new Shape(out, groups))),
        SparseValues.of(torch, scope, matrix, mask),
        order(random, in, ordered),
        bits,
        group);
  }

  private @Nullable NDArray order(Random random, int in, boolean ordered) {
    if (!ordered) {
      return null;
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, in).boxed().toList());
    Collections.shuffle(order, random);
    return scope.create(order.stream().mapToInt(Integer::intValue).toArray());
  }
}
