package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import java.util.Locale;

/** Blocks under powers of two, by the codes of torchao, microxcaling and compressed-tensors. */
public final class MicroscaleCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("block").intValue()).isEqualTo(MicroscaledWeight.BLOCK);
    NDArray w = golden.input(scope, "W");
    if (golden.parameter("scale_rules").isArray()) {
      torchao(torch, scope, golden, w);
    } else if (golden.parameter("format").isTextual()) {
      compressedTensors(torch, scope, golden, w);
    } else {
      microxcaling(torch, scope, golden, w);
    }
  }

  private static ElementFormat element(GoldenCase golden) {
    return ElementFormat.valueOf(golden.parameter("element").asText().toUpperCase(Locale.ROOT));
  }

  private static void torchao(TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    exact(golden);
    ElementFormat element = element(golden);
    for (JsonNode rule : golden.parameter("scale_rules")) {
      String name = rule.asText();
      SharedExponent exponent = SharedExponent.valueOf(name.toUpperCase(Locale.ROOT));
      MicroscaledWeight found =
          MicroscaledWeight.quantize(
              torch, scope, w, new Rounding(element, exponent, element.mantissaBits(), false));
      assertThat(found.scales()).as(name).isEqualTo(golden.tensor(scope, name + ".scales"));
      boolean packed = golden.has(name + ".packed");
      assertThat(packed ? found.stream(torch, scope) : found.codes())
          .as(name)
          .isEqualTo(golden.tensor(scope, name + (packed ? ".packed" : ".codes")));
      if (golden.has(name + ".dequant")) {
        same(torch, scope, found, golden.tensor(scope, name + ".dequant"));
      }
    }
  }

  private static void exact(GoldenCase golden) {
    assertThat(golden.rule("scales")).isEqualTo("exact");
    assertThat(golden.rule("codes")).isEqualTo("exact");
    assertThat(golden.rule("dequant")).isEqualTo("exact (powers of two)");
  }

  private static void same(
      TorchSession torch, NDManager scope, MicroscaledWeight found, NDArray values) {
    NDArray own = found.dequantize(torch, scope).get(":" + values.getShape().get(0));
    assertThat(Agreement.of(own, values).greatestDifference()).isZero();
  }

  private static void compressedTensors(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    exact(golden);
    ElementFormat element = element(golden);
    int kept = element == ElementFormat.E2M3 ? 3 : 1;
    assertThat(golden.parameter("scale_rule").asText())
        .isEqualTo("round absmax to " + kept + " mantissa bit(s), half up, then floor");
    Rounding rounding = new Rounding(element, SharedExponent.EVEN, kept, false);
    MicroscaledWeight found = MicroscaledWeight.quantize(torch, scope, w, rounding);
    assertThat(found.scales()).isEqualTo(golden.tensor(scope, "scales"));
    NDArray zeros = scope.zeros(new Shape(1, MicroscaledWeight.BLOCK));
    MicroscaledWeight none = MicroscaledWeight.quantize(torch, scope, zeros, rounding);
    assertThat(none.scales().toUint8Array()[0])
        .isEqualTo((int) golden.scalar("scale_byte_of_all_zero_block"));
    boolean packed = golden.has("packed");
    NDArray stored = packed ? found.stream(torch, scope) : found.codes();
    assertThat(stored).isEqualTo(golden.tensor(scope, packed ? "packed" : "w_bytes"));
    assertThat(
            MicroscaledWeight.ofStream(
                    torch, scope, stored, found.scales(), element, w.getShape().get(1))
                .codes())
        .isEqualTo(found.codes());
    same(torch, scope, found, golden.tensor(scope, "w_dequant"));
    inputs(torch, scope, golden, rounding, found.dequantize(torch, scope));
  }

  private static void inputs(
      TorchSession torch, NDManager scope, GoldenCase golden, Rounding rounding, NDArray w) {
    NDArray x = golden.input(scope, "X");
    NDArray treated = x;
    if (golden.has("x_scale")) {
      treated = RoundedInputs.of(torch, scope, new MicroscaledInput(rounding), x);
      NDArray values = golden.tensor(scope, "x_dequant");
      NDArray seen = treated.get(":" + values.getShape().get(0));
      assertThat(Agreement.of(seen, values).greatestDifference()).isZero();
      // Every value is a whole number of its block's smallest steps.
      NDArray scales = golden.tensor(scope, "x_scale");
      NDArray parts = treated.reshape(scales.getShape().get(0), scales.getShape().get(1), -1);
      NDArray steps = parts.div(scales.expandDims(2)).mul(Math.scalb(1, 9));
      assertThat(Agreement.of(steps, steps.round()).greatestDifference()).isZero();
    }
    NDArray y = golden.tensor(scope, "y");
    NDArray own = treated.get(":" + y.getShape().get(0)).matMul(w.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
  }

  private static void microxcaling(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    assertThat(golden.rule("dequant")).isEqualTo("exact");
    assertThat(golden.parameter("shared_exponent").asText()).isEqualTo("floor");
    assertThat(golden.parameter("scale_bits").intValue()).isEqualTo(Byte.SIZE);
    NDArray used = w.get(":, :" + golden.parameter("columns_used").intValue());
    for (String tensor : golden.tensors("")) {
      String[] parts = tensor.split("[_.]", -1);
      String name = parts[0].equals("int8") ? "int8" : parts[1];
      boolean away = tensor.endsWith(".nearest");
      Rounding rounding =
          new Rounding(
              ElementFormat.valueOf(name.toUpperCase(Locale.ROOT)), SharedExponent.FLOOR, 0, away);
      NDArray values = golden.tensor(scope, tensor);
      NDArray rows = used.get(":" + values.getShape().get(0));
      same(torch, scope, MicroscaledWeight.quantize(torch, scope, rows, rounding), values);
    }
  }
}
