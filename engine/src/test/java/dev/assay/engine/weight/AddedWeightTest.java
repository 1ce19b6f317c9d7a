package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A product beside a weight of each form: kept, taken apart, put together and multiplied by. */
class AddedWeightTest extends TorchTest {
  private static final int OUT = 48;
  private static final int IN = 128;
  private static final int RANK = 5;
  private final AddedFormat format = new AddedFormat();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int2",
        "int3",
        "int4",
        "int5",
        "int8",
        "w8a8",
        "nf4",
        "fp4",
        "mxfp4",
        "nvfp4",
        "bfloat16"
      })
  void isKeptWithEveryByteCounted(String form) {
    AddedWeight weight = added(form, OUT);

    SortedMap<String, NDArray> tensors = format.pack(torch, scope, weight);
    AddedWeight again = format.unpack(torch, scope, tensors, format.entry(weight));

    same(again, weight);
    assertThat(again.format()).isEqualTo(weight.format());
    assertThat(tensors.values().stream().mapToLong(torch.tensors()::memory).sum())
        .isEqualTo(weight.storedBytes());
    assertThat(weight.codeBits()).isEqualTo(weight.base().codeBits());
    assertThat(weight.bits()).isGreaterThan(weight.codeBits());
    assertThat(weight.denseProducts()).isEqualTo((long) OUT * IN + (long) RANK * (OUT + IN));
    assertThat(weight.products(torch, scope)).isLessThanOrEqualTo(weight.denseProducts());
  }

  /** Zeros of their own, and columns in another order. */
  @Test
  void keepsZerosAndOrder() {
    int groups = IN / 32;
    QuantizedWeight grid =
        new QuantizedWeight(
            scope.randomUniform(0, 8, new Shape(OUT, IN)).floor().toType(DataType.UINT8, false),
            torch
                .tensors()
                .cast(
                    scope,
                    scope.randomUniform(0.01f, 0.02f, new Shape(OUT, groups)),
                    DType.FLOAT16),
            scope.randomUniform(0, 8, new Shape(OUT, groups)).floor(),
            scope.arange(IN).mod(groups).toType(DataType.INT32, false),
            new GridForm(3, 32, false, false, GridForm.Layout.GPTQ));
    AddedWeight weight = new AddedWeight(grid, product(OUT));

    SortedMap<String, NDArray> tensors = format.pack(torch, scope, weight);

    same(format.unpack(torch, scope, tensors, format.entry(weight)), weight);
    assertThat(tensors.values().stream().mapToLong(torch.tensors()::memory).sum())
        .isEqualTo(weight.storedBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"int3", "w8a8", "mxfp4", "bfloat16"})
  void partsBecomeTheWholeAgain(String form) {
    AddedWeight weight = added(form, OUT);
    long[] first = LongStream.range(0, OUT / 2).toArray();
    long[] rest = LongStream.range(OUT / 2, OUT).toArray();
    List<StoredWeight> parts =
        List.of(weight.rows(torch, scope, rest), weight.rows(torch, scope, first));
    long[] places = LongStream.concat(LongStream.of(rest), LongStream.of(first)).toArray();

    same(parts.get(0).joined(torch, scope, parts, places), weight);
    assertThatThrownBy(
            () -> weight.joined(torch, scope, List.of(weight, added(form, OUT)), new long[2 * OUT]))
        .hasMessageContaining("they have other factors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"int3", "int4", "int8", "w8a8", "nf4", "mxfp4", "nvfp4", "float32", "bfloat16"})
  void runsAsItsBaseAndItsProduct(String form) {
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      LinearPreparer preparer = new LinearPreparer(torch, Execution.packed(torch.device(), dtype));
      AddedWeight weight = added(form, OUT);

      RunnableLinear alone = preparer.prepare(scope, List.of(weight.base())).parts().get(0);
      RunnableLinear linear = preparer.prepare(scope, List.of(weight)).parts().get(0);

      assertThat(linear.kernel()).isEqualTo(alone.kernel() + " + low-rank");
      assertThat(linear.simulated()).isFalse();
      assertThat(linear.bytes())
          .isEqualTo(alone.bytes() + (long) RANK * (OUT + IN) * dtype.bytes());
      new KernelProducts(torch, scope)
          .assertNear(linear, weight.dequantize(torch, scope), dtype, 5e-2f, 1, 5, 70);
    }
  }

  /** The bases run as one, and so do the right factors. */
  @ParameterizedTest
  @ValueSource(strings = {"int4", "float32"})
  void thoseOfOneInputRunTogether(String form) {
    List<StoredWeight> parts = List.of(added(form, OUT), added(form, 32), added(form, 32));
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      LinearPreparer preparer = new LinearPreparer(torch, Execution.packed(torch.device(), dtype));

      LinearPreparer.Prepared prepared = preparer.prepare(scope, parts);

      assertThat(prepared.parts()).hasSize(1);
      assertThat(prepared.parts().get(0).outFeatures()).isEqualTo(OUT + 64);
      assertThat(prepared.parts().get(0).form()).contains("3 times two linears of rank 5");
      NDArray values =
          torch
              .tensors()
              .concatenate(
                  scope, parts.stream().map(part -> part.dequantize(torch, scope)).toList(), 0);
      new KernelProducts(torch, scope)
          .assertNear(prepared.parts().get(0), values, dtype, 5e-2f, 1, 5, 70);
    }
  }

  /** Both see the input as it is rounded. */
  @Test
  void theProductSeesTheTreatedInput() {
    AddedWeight weight = added("w8a8", OUT);
    InputScheme input = new PerTokenInput(8, true);
    LinearPreparer preparer =
        new LinearPreparer(torch, Execution.packed(torch.device(), DType.FLOAT32));
    RunnableLinear linear =
        preparer
            .prepare(scope, List.of(weight), Collections.singletonList(null), List.of(input))
            .parts()
            .get(0);
    NDArray x = scope.randomNormal(0, 1, new Shape(7, IN), DataType.FLOAT32);
    NDArray meant = RoundedRuns.onGrid(x, Byte.MAX_VALUE);

    assertThat(
            new KernelProducts(torch, scope).off(linear, weight.dequantize(torch, scope), x, meant))
        .isLessThan(1e-3f);
    assertThat(linear.simulated()).as("inputs of the product are rounded in software").isTrue();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    StoredWeight base = new SampleWeights(torch, scope).of("int4", OUT, IN);

    assertThatThrownBy(() -> new AddedWeight(base, product(32)))
        .hasMessageContaining("a product of [32, 128] beside a weight of [48, 128]");
    SortedMap<String, NDArray> tensors = format.pack(torch, scope, added("int4", OUT));
    ObjectNode unknown = format.entry(added("int4", OUT));
    unknown.putObject("base").put("format", "other");
    assertThatThrownBy(() -> format.unpack(torch, scope, tensors, unknown))
        .hasMessageContaining("base: format: found 'other', expected one of");
  }

  private AddedWeight added(String form, int out) {
    StoredWeight base =
        form.equals("float32")
            ? new DenseWeight(
                scope.randomNormal(0, 0.05f, new Shape(out, IN), DataType.FLOAT32), DType.FLOAT32)
            : new SampleWeights(torch, scope).of(form, out, IN);
    return new AddedWeight(base, product(out));
  }

  private LowRankWeight product(int out) {
    return new LowRankWeight(
            scope.randomNormal(0, 0.05f, new Shape(out, RANK), DataType.FLOAT32),
            scope.randomNormal(0, 0.05f, new Shape(RANK, IN), DataType.FLOAT32),
            DType.FLOAT32)
        .in(torch, scope, DType.FLOAT16);
  }

  private void same(StoredWeight found, StoredWeight meant) {
    NDArray off = found.dequantize(torch, scope).sub(meant.dequantize(torch, scope));
    assertThat(off.abs().max().getFloat()).isZero();
  }
}
