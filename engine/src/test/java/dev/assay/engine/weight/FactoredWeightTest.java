package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

/** Products of two of each form: kept, taken apart, put together and multiplied by. */
class FactoredWeightTest extends TorchTest {
  private static final int OUT = 96;
  private static final int IN = 128;
  private static final int RANK = 64;
  private final FactoredFormat format = new FactoredFormat();

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
    FactoredWeight weight = factored(form, OUT);

    SortedMap<String, NDArray> tensors = format.pack(torch, scope, weight);
    FactoredWeight again = format.unpack(torch, scope, tensors, format.entry(weight));

    same(again, weight);
    assertThat(again.format()).isEqualTo(weight.format());
    assertThat(tensors.values().stream().mapToLong(torch.tensors()::memory).sum())
        .isEqualTo(weight.storedBytes());
    assertThat(weight.parameters()).isEqualTo((long) RANK * (OUT + IN));
    assertThat(weight.denseProducts()).isEqualTo((long) RANK * (OUT + IN));
    assertThat(weight.products(torch, scope)).isLessThanOrEqualTo(weight.denseProducts());
    assertThat(weight.codeBits() * OUT * IN)
        .isCloseTo(
            (weight.up().codeBits() * OUT + weight.down().codeBits() * IN) * RANK, within(1e-6));
  }

  /** Of each a form of its own, the left one's groups ending short. */
  @Test
  void factorsMayDiffer() {
    StoredWeight down = new SampleWeights(torch, scope).of("nf4", 40, IN);
    GridForm grid = new GridForm(4, 32, false, true, GridForm.Layout.GPTQ);
    QuantizedWeight up =
        QuantizedWeight.inOrder(
            scope,
            scope.randomUniform(0, 16, new Shape(OUT, 40)).floor().toType(DataType.UINT8, false),
            scope.randomUniform(0.01f, 0.02f, new Shape(OUT, 2)),
            scope.randomUniform(0, 16, new Shape(OUT, 2)).floor(),
            grid);
    FactoredWeight weight = new FactoredWeight(up, down);

    SortedMap<String, NDArray> tensors = format.pack(torch, scope, weight);

    same(format.unpack(torch, scope, tensors, format.entry(weight)), weight);
    assertThat(weight.format()).isEqualTo("factors r40 of int4 g32 behind " + down.format());
    assertThat(tensors.values().stream().mapToLong(torch.tensors()::memory).sum())
        .isEqualTo(weight.storedBytes());
    // Codes of 20 bytes a row, two scales in float32, two zeros in a byte.
    assertThat(weight.storedBytes() - PartForm.bytes(down)).isEqualTo(OUT * (20 + 2 * 4 + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"int3", "int4", "w8a8", "mxfp4", "bfloat16"})
  void partsBecomeTheWholeAgain(String form) {
    FactoredWeight weight = factored(form, OUT);
    long[] first = LongStream.range(0, OUT / 2).toArray();
    long[] rest = LongStream.range(OUT / 2, OUT).toArray();
    List<StoredWeight> parts =
        List.of(weight.rows(torch, scope, rest), weight.rows(torch, scope, first));
    long[] places = LongStream.concat(LongStream.of(rest), LongStream.of(first)).toArray();

    same(parts.get(0).joined(torch, scope, parts, places), weight);
    assertThatThrownBy(
            () ->
                weight.joined(
                    torch, scope, List.of(weight, factored(form, OUT)), new long[2 * OUT]))
        .hasMessageContaining("they have other factors");
  }

  /** What was read twice is one factor too. */
  @Test
  void equalFactorsAreOne() {
    FactoredWeight weight = factored("int4", OUT);
    FactoredWeight again =
        format.unpack(torch, scope, format.pack(torch, scope, weight), format.entry(weight));
    long[] places = LongStream.range(0, 2 * OUT).toArray();

    FactoredWeight joined = weight.joined(torch, scope, List.of(weight, again), places);

    assertThat(joined.outFeatures()).isEqualTo(2 * OUT);
    assertThat(joined.rank()).isEqualTo(RANK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"int3", "int4", "int8", "w8a8", "nf4", "mxfp4", "nvfp4", "bfloat16"})
  void runsAsTwoLinears(String form) {
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      LinearPreparer preparer = new LinearPreparer(torch, Execution.packed(torch.device(), dtype));
      FactoredWeight weight = factored(form, OUT);

      RunnableLinear up = preparer.prepare(scope, List.of(weight.up())).parts().get(0);
      RunnableLinear down = preparer.prepare(scope, List.of(weight.down())).parts().get(0);
      RunnableLinear linear = preparer.prepare(scope, List.of(weight)).parts().get(0);

      assertThat(linear.kernel()).startsWith("factors: " + down.kernel()).contains(up.kernel());
      assertThat(linear.simulated()).isEqualTo(up.simulated() || down.simulated()).isFalse();
      assertThat(linear.bytes()).isEqualTo(up.bytes() + down.bytes());
      assertThat(linear.form()).contains("two linears of rank " + RANK);
      near(linear, weight.dequantize(torch, scope), dtype);
    }
  }

  /** Of one right factor, as parts of one weight have, that runs once. */
  @ParameterizedTest
  @ValueSource(strings = {"int4", "nf4", "bfloat16"})
  void thoseOfOneRightFactorShareIt(String form) {
    FactoredWeight whole = factored(form, OUT);
    List<StoredWeight> parts =
        List.of(
            whole,
            new FactoredWeight(new SampleWeights(torch, scope).of(form, 32, RANK), whole.down()));
    together(parts, "two linears of rank");
  }

  /** The right factors run as one, each left one behind its own. */
  @ParameterizedTest
  @ValueSource(strings = {"int4", "nf4", "bfloat16"})
  void thoseOfOneRankRunTogether(String form) {
    together(
        List.of(factored(form, OUT), factored(form, 32), factored(form, 32)),
        "3 times two linears of rank");
  }

  /** Whatever ranks they have. */
  @ParameterizedTest
  @ValueSource(strings = {"int4", "nf4", "bfloat16"})
  void thoseOfOtherRanksRunTogether(String form) {
    together(
        List.of(factored(form, OUT), factored(form, 32, 2 * RANK), factored(form, 32)),
        "3 times two linears of rank %d, %d: ".formatted(RANK, 2 * RANK));
  }

  private void together(List<StoredWeight> parts, String form) {
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      LinearPreparer preparer = new LinearPreparer(torch, Execution.packed(torch.device(), dtype));

      LinearPreparer.Prepared prepared = preparer.prepare(scope, parts);

      assertThat(prepared.parts()).hasSize(1);
      assertThat(prepared.parts().get(0).form()).startsWith(form);
      NDArray values =
          torch
              .tensors()
              .concatenate(
                  scope, parts.stream().map(part -> part.dequantize(torch, scope)).toList(), 0);
      near(prepared.parts().get(0), values, dtype);
    }
  }

  /** Biases come behind the left factor, and what treats an input before the right one. */
  @Test
  void inputAndBiasAreThoseOfTheWhole() {
    FactoredWeight weight = factored("int8", OUT);
    NDArray bias = scope.randomNormal(0, 1, new Shape(OUT), DataType.FLOAT32);
    InputScheme input = new PerTokenInput(4, true);
    LinearPreparer preparer =
        new LinearPreparer(torch, Execution.packed(torch.device(), DType.FLOAT32));
    NDArray x = scope.randomNormal(0, 1, new Shape(7, IN), DataType.FLOAT32);

    LinearPreparer.Prepared prepared =
        preparer.prepare(scope, List.of(weight), Collections.singletonList(bias), List.of(input));

    NDArray exact =
        RoundedRuns.onGrid(x, 7).matMul(weight.dequantize(torch, scope).transpose()).add(bias);
    NDArray found =
        new KernelProducts(torch, scope)
            .alone(prepared.parts().get(0).module())
            .call(scope, "forward", x);
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    assertThat(found.sub(exact).abs().max().getFloat() / spread).isLessThan(1e-3);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    SampleWeights samples = new SampleWeights(torch, scope);
    StoredWeight up = samples.of("int4", OUT, RANK);

    assertThatThrownBy(() -> new FactoredWeight(up, samples.of("int4", 32, IN)))
        .hasMessageContaining("found factors [96, 64] and [32, 128]");
    FactoredWeight weight = factored("int4", OUT);
    SortedMap<String, NDArray> tensors = format.pack(torch, scope, weight);
    ObjectNode unknown = format.entry(weight);
    unknown.putObject("up").put("format", "other");
    assertThatThrownBy(() -> format.unpack(torch, scope, tensors, unknown))
        .hasMessageContaining("up: format: found 'other', expected one of");
    ObjectNode narrow = format.entry(weight).put("rank", 3);
    assertThatThrownBy(() -> format.unpack(torch, scope, tensors, narrow))
        .hasMessageContaining("rank: found 3, expected 64");
  }

  private FactoredWeight factored(String form, int out) {
    return factored(form, out, RANK);
  }

  private FactoredWeight factored(String form, int out, int rank) {
    SampleWeights samples = new SampleWeights(torch, scope);
    return new FactoredWeight(samples.of(form, out, rank), samples.of(form, rank, IN));
  }

  /** By the size of the outputs: what the right factor rounds is in sums of the left one. */
  private void near(RunnableLinear linear, NDArray values, DType dtype) {
    for (int rows : new int[] {1, 5, 70}) {
      NDArray normal = scope.randomNormal(0, 1, new Shape(rows, IN), DataType.FLOAT32);
      NDArray x = torch.tensors().cast(scope, normal, dtype);
      NDArray exact = torch.tensors().cast(scope, x, DType.FLOAT32).matMul(values.transpose());
      NDArray found =
          torch
              .tensors()
              .cast(
                  scope,
                  new KernelProducts(torch, scope).alone(linear.module()).call(scope, "forward", x),
                  DType.FLOAT32);
      double spread = exact.square().mean().sqrt().getFloat();
      assertThat(found.sub(exact).square().mean().sqrt().getFloat() / spread)
          .as("%d rows in %s", rows, dtype)
          .isLessThan(dtype == DType.FLOAT32 ? 1e-3 : 2e-2);
    }
  }

  private void same(StoredWeight found, StoredWeight meant) {
    NDArray off = found.dequantize(torch, scope).sub(meant.dequantize(torch, scope));
    assertThat(off.abs().max().getFloat()).isZero();
  }
}
