package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a checkpoint says that its linears are quantized, in the spelling of the published formats.
 *
 * @param format which of them
 * @param bits bits a code
 * @param groupSize columns that share a scale; −1 for one group a row
 * @param symmetric whether every zero is the middle of the grid
 * @param actOrder whether columns were visited by falling diagonal of the Hessian
 * @param blockRows rows that share a scale with the columns of a group
 */
public record QuantizationConfig(
    Format format, int bits, int groupSize, boolean symmetric, boolean actOrder, int blockRows) {

  /**
   * The published layouts that Assay reads. Those of codes on grids, but gemv, it writes by this.
   */
  public enum Format {
    /** GPTQ with zeros stored less one. */
    GPTQ("gptq", GridForm.Layout.GPTQ, GptqFormat::new, QuantizationJson::gptq),
    /** GPTQ with zeros as they are. */
    GPTQ_V2("gptq_v2", GridForm.Layout.GPTQ, GptqFormat::new, QuantizationJson::gptq),
    /** AWQ's gemm layout. */
    AWQ("awq", GridForm.Layout.AWQ, AwqFormat::new, QuantizationJson::awq),
    /** AWQ's gemv layout, only read: what comes from it is written as gemm. */
    AWQ_GEMV("awq", GridForm.Layout.AWQ, AwqGemvFormat::new, QuantizationJson::awq),
    /** The layout pack-quantized of compressed-tensors. */
    COMPRESSED_TENSORS(
        "compressed-tensors",
        GridForm.Layout.COMPRESSED_TENSORS,
        CompressedTensorsFormat::new,
        (most, written) -> CompressedTensorsJson.of(written)),
    /** A byte a code, the layout int-quantized of compressed-tensors. */
    INT_QUANTIZED("int-quantized"),
    /** 8-bit floats under scales, the layout float-quantized of compressed-tensors. */
    FLOAT_QUANTIZED("float-quantized"),
    /** Blocks of small floats under powers of two, or NVFP4, as compressed-tensors has them. */
    MICROSCALED("compressed-tensors"),
    /** 8-bit floats under scales of blocks, as DeepSeek and transformers have them. */
    BLOCK_FP8("fp8"),
    /** Three values, four rows a byte. */
    BITNET("bitnet", GridForm.Layout.BITNET, BitNetFormat::new, BitNetJson::of),
    /** Three values that the loader makes of dense weights; only read. */
    BITNET_ONLINE("bitnet"),
    /** 4-bit codes into a table, bitsandbytes' NF4 and FP4. */
    BITSANDBYTES("bitsandbytes"),
    /** Signed bytes under a scale a row, bitsandbytes' LLM.int8(). */
    BITSANDBYTES_INT8("bitsandbytes");

    private final String label;

    // References to methods, which have no state.
    @SuppressWarnings("ImmutableEnumChecker")
    private final @Nullable Grids grids;

    /** What a format of codes on grids has. */
    private record Grids(
        GridForm.Layout layout,
        Function<QuantizationConfig, PackedFormat> packing,
        BiFunction<QuantizationConfig, WrittenQuantization, ObjectNode> json) {}

    Format(String label) {
      this.label = label;
      this.grids = null;
    }

    Format(
        String label,
        GridForm.Layout layout,
        Function<QuantizationConfig, PackedFormat> packing,
        BiFunction<QuantizationConfig, WrittenQuantization, ObjectNode> json) {
      this.label = label;
      this.grids = new Grids(layout, packing, json);
    }

    /** Name in results and in {@code checkpoint_format}. */
    public String label() {
      return label;
    }

    private Grids grids() {
      if (grids == null) {
        throw new IllegalArgumentException(label + " packs no grid and is not written");
      }
      return grids;
    }
  }

  /** One whose scales are those of single rows. */
  public QuantizationConfig(
      Format format, int bits, int groupSize, boolean symmetric, boolean actOrder) {
    this(format, bits, groupSize, symmetric, actOrder, 1);
  }

  /**
   * A configuration.
   *
   * @throws IllegalArgumentException if there is no grid of that kind, or not in that layout
   */
  public QuantizationConfig {
    if (format.grids != null) {
      grid(format, bits, groupSize, symmetric, true);
    }
  }

  /** Whether its linears are codes on a uniform grid. */
  public boolean packsGrids() {
    return format.grids != null;
  }

  /**
   * How codes are packed.
   *
   * @throws IllegalArgumentException if its format has no grid
   */
  PackedFormat packing() {
    return format.grids().packing().apply(this);
  }

  /**
   * A linear's tensors by suffix; they belong to {@code owner}.
   *
   * @throws IllegalArgumentException if its format has no grid
   */
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    return packing().pack(torch, owner, weight);
  }

  /**
   * The object {@code quantization_config}.
   *
   * @throws IllegalArgumentException if its format is not written
   */
  ObjectNode json(WrittenQuantization written) {
    return format.grids().json().apply(this, written);
  }

  /**
   * The configuration that a weight of this form is written with.
   *
   * @throws IllegalArgumentException if no published format has it
   */
  public static QuantizationConfig of(GridForm grid) {
    Format format =
        switch (grid.layout()) {
          case AWQ -> Format.AWQ;
          case COMPRESSED_TENSORS -> Format.COMPRESSED_TENSORS;
          case BITNET -> Format.BITNET;
          // A zero of 0 has no place in the first version, which stores it less one.
          // GGUF's and bitsandbytes' grids are of GPTQ's kind, and written as such.
          case GPTQ, GGUF, INT8 -> grid.symmetric() ? Format.GPTQ : Format.GPTQ_V2;
          case REAL_ZEROS ->
              throw new IllegalArgumentException("no published format has zeros of any value");
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
    return new GridForm(bits, groupSize, symmetric, ordered, format.grids().layout());
  }

  /** The same in another version of GPTQ's format. */
  QuantizationConfig as(Format other) {
    return new QuantizationConfig(other, bits, groupSize, symmetric, actOrder);
  }

  /** Whether it is one of GPTQ's. */
  public boolean isGptq() {
    return format == Format.GPTQ || format == Format.GPTQ_V2;
  }

  /**
   * The configuration that speaks for weights of both kinds, if there is one: GPTQ's and AWQ's say
   * symmetric and act-order where all, or some, of the weights are.
   */
  Optional<QuantizationConfig> merge(QuantizationConfig other) {
    boolean uniform =
        format != Format.COMPRESSED_TENSORS
            || (symmetric == other.symmetric && actOrder == other.actOrder);
    if (format != other.format || bits != other.bits || groupSize != other.groupSize || !uniform) {
      return Optional.empty();
    }
    return Optional.of(
        new QuantizationConfig(
            format, bits, groupSize, symmetric && other.symmetric, actOrder || other.actOrder));
  }
}
