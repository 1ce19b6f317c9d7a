package dev.assay.engine.weight.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.Objects;

/** Tensors that compressed-tensors' compressors of weights with zeros made. */
public final class BitmaskLayoutCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray dense = golden.tensor(scope, "dense");
    BitmaskLayout layout = BitmaskLayout.of(golden.parameter("format").textValue()).orElseThrow();
    assertThat(golden.rule("all")).isEqualTo("exact");

    Map<String, NDArray> found = layout.pack(torch, scope, dense);

    NDArray values = golden.tensor(scope, "values");
    NDArray bits = golden.tensor(scope, "bitmask");
    assertSame(torch, found, BitmaskLayout.VALUES, values);
    assertSame(torch, found, BitmaskLayout.BITS, bits);
    if (layout == BitmaskLayout.ANY) {
      assertSame(torch, found, BitmaskLayout.OFFSETS, golden.tensor(scope, "row_offsets"));
    }
    assertThat(Objects.requireNonNull(found.get(BitmaskLayout.SHAPE)).toLongArray())
        .containsExactly(dense.getShape().getShape());
    NDArray read = BitmaskLayout.whole(torch, scope, values, bits, dense.getShape().get(1));
    Bits.assertSame(torch, "the weight again", read, dense);
  }

  private static void assertSame(
      TorchSession torch, Map<String, NDArray> found, String name, NDArray wanted) {
    Bits.assertSame(torch, name, Objects.requireNonNull(found.get(name)), wanted);
  }
}
