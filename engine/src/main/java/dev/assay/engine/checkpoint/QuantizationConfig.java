package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.linear.GridForm;

/**
 * How a checkpoint says that its linears are quantized, in the spelling of the published formats.
 *
 * @param format which of them
 * @param bits bits a code
 * @param groupSize columns that share a scale; −1 for one group a row
 * @param symmetric whether every zero is the middle of the grid
 * @param actOrder whether columns were visited by falling diagonal of the Hessian
 */
public record QuantizationConfig(
    Format format, int bits, int groupSize, boolean symmetric, boolean actOrder) {

  /** The published layouts that Assay reads and writes. */
  public enum Format {
    /** GPTQ with zeros stored less one. */
    GPTQ("gptq"),
    /** GPTQ with zeros as they are. */
    GPTQ_V2("gptq_v2"),
    /** AWQ's gemm layout. */
    AWQ("awq");

    private final String label;

    Format(String label) {
      this.label = label;
    }

    /** Name in results and in {@code checkpoint_format}. */
    public String label() {
      return label;
    }
  }

  /**
   * A configuration.
   *
   * @throws IllegalArgumentException if there is no grid of that kind, or not in that layout
   */
  public QuantizationConfig {
    grid(format, bits, groupSize, symmetric, true);
  }

  /** The configuration that a weight of this form is written with. */
  public static QuantizationConfig of(GridForm grid) {
    Format format =
        switch (grid.layout()) {
          case AWQ -> Format.AWQ;
          // A zero of 0 has no place in the first version, which stores it less one.
          // GGUF's grid is one of GPTQ's, and written as such.
          case GPTQ, GGUF -> grid.symmetric() ? Format.GPTQ : Format.GPTQ_V2;
        };
    return new QuantizationConfig(
        format, grid.bits(), grid.groupSize(), grid.symmetric(), !grid.ordered());
  }

  /** The form of a weight whose columns are in the order of their groups, or not. */
  GridForm grid(boolean ordered) {
    return grid(format, bits, groupSize, symmetric, ordered);
  }

  private static GridForm grid(
      Format format, int bits, int groupSize, boolean symmetric, boolean ordered) {
    GridForm.Layout layout = format == Format.AWQ ? GridForm.Layout.AWQ : GridForm.Layout.GPTQ;
    return new GridForm(bits, groupSize, symmetric, ordered, layout);
  }

  /**
   * The configuration of a checkpoint that has weights of both kinds.
   *
   * @throws IllegalArgumentException if they differ in what the format says once for all
   */
  QuantizationConfig merge(QuantizationConfig other) {
    if (format != other.format || bits != other.bits || groupSize != other.groupSize) {
      throw new IllegalArgumentException(
          "one checkpoint cannot hold both " + this + " and " + other);
    }
    return new QuantizationConfig(
        format, bits, groupSize, symmetric && other.symmetric, actOrder || other.actOrder);
  }

  /** The object {@code quantization_config}, keys in their usual order. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", format == Format.AWQ ? "awq" : "gptq");
    json.put("bits", bits);
    json.put("group_size", groupSize);
    if (format == Format.AWQ) {
      json.put("zero_point", !symmetric);
      json.put("version", "gemm");
      json.putArray("modules_to_not_convert").add("lm_head");
    } else {
      json.put("desc_act", actOrder);
      json.put("sym", symmetric);
      json.put("checkpoint_format", format.label());
      json.put("lm_head", false);
    }
    return json;
  }
}
