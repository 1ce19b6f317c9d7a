package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RoundedInputs;

/** The words of {@code pack-quantized} at every width, today's and those of older versions. */
public final class BitPackingCheck implements GoldenCheck {
  private static final int ODD = 234;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("format").asText()).isEqualTo(CompressedTensorsConfig.PACKED);
    assertThat(golden.rule("packed")).isEqualTo("exact from the codes");
    assertThat(golden.rule("codes")).startsWith("at least 99.5% exact");
    for (var bits : golden.parameter("bits")) {
      width(torch, scope, golden, "w" + bits.intValue(), bits.intValue(), true);
    }
    width(torch, scope, golden, "w4asym", 4, false);
  }

  private static void width(
      TorchSession torch, NDManager scope, GoldenCase golden, String name, int bits, boolean sym) {
    int group = golden.parameter("group_size").intValue();
    NDArray signed = golden.tensor(scope, name + ".codes");
    NDArray scales = golden.tensor(scope, name + ".scale");
    double middle = 1 << (bits - 1);
    NDArray codes = signed.toType(DataType.FLOAT32, true).add(middle);
    NDArray zeros =
        sym
            ? scope.full(scales.getShape(), (float) middle)
            : golden.tensor(scope, name + ".zero").toType(DataType.FLOAT32, true).add(middle);
    GridForm form = new GridForm(bits, group, sym, true, GridForm.Layout.COMPRESSED_TENSORS);
    QuantizedWeight weight =
        QuantizedWeight.inOrder(scope, codes.toType(DataType.UINT8, true), scales, zeros, form);
    PackedFormat packing =
        new QuantizationConfig(Format.COMPRESSED_TENSORS, bits, group, sym, false).packing();

    var tensors = packing.pack(torch, scope, weight);

    assertThat(tensors.get("weight_packed"))
        .as(name)
        .isEqualTo(golden.tensor(scope, name + ".packed"));
    if (bits > 1) {
      grid(torch, scope, golden, weight, bits);
    }
    if (!sym) {
      NDArray words = golden.tensor(scope, name + ".zero_packed");
      long rows = signed.getShape().get(0) * bits / Integer.SIZE;
      assertThat(tensors.get("weight_zero_point")).isEqualTo(words.get(":" + rows));
      return;
    }
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    NDArray odd = golden.tensor(scope, name + ".packed_odd");
    NDArray some =
        weight.codes().get(":" + odd.getShape().get(0) + ", :" + ODD).transpose().duplicate();
    assertThat(script.call(scope, "pack_rows", some, (long) bits).transpose())
        .as(name)
        .isEqualTo(odd);
    if (golden.has(name + ".packed_padded")) {
      NDArray words = golden.tensor(scope, name + ".packed_padded").transpose().duplicate();
      long columns = signed.getShape().get(1);
      NDArray found = script.call(scope, "unpack_padded_rows", words, (long) bits, columns);
      assertThat(found.transpose()).as(name).isEqualTo(weight.codes());
    }
  }

  /** The values are those of compressed-tensors' own grids. */
  private static void grid(
      TorchSession torch, NDManager scope, GoldenCase golden, QuantizedWeight weight, int bits) {
    NDArray values = weight.dequantize(torch, scope);
    PerTokenInput rule =
        new PerTokenInput(bits, weight.grid().symmetric(), IntegerRule.COMPRESSED_TENSORS);
    NDArray w = golden.input(scope, "W").get(":" + weight.outFeatures());
    NDArray own =
        RoundedInputs.of(torch, scope, new GroupedInput(weight.grid().groupSize(), rule), w);
    assertThat(Agreement.of(own, values).equalFractionRelative(1e-6)).isGreaterThanOrEqualTo(0.995);
  }
}
