package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.MicroscaledWeight;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a configuration of compressed-tensors says of a linear, which those of one group have in
 * common.
 *
 * @param format the layout of its tensors
 * @param weights the object {@code weights} of its group
 */
public record CompressedForm(String format, ObjectNode weights) {
  private static final String MXFP4 = "mxfp4-pack-quantized";
  private static final String MXFP6 = "mxfp6-pack-quantized";
  private static final String MXFP8 = "mxfp8-quantized";
  private static final String NVFP4 = "nvfp4-pack-quantized";

  /**
   * The form of a weight of small floats, or of codes of 8 bits beside rounded inputs, which are
   * signed bytes; nothing where compressed-tensors has none for it.
   *
   * @param inputsRounded whether the linear's inputs are rounded in a way that it has words for
   */
  public static Optional<CompressedForm> of(StoredWeight weight, boolean inputsRounded) {
    return inputsRounded ? of(weight).or(() -> bytes(weight)) : of(weight);
  }

  /** Whether compressed-tensors has words for what is done to an input. */
  public static boolean hasInput(InputScheme scheme) {
    return ActivationArguments.of(scheme).isPresent();
  }

  /** Whether its words say all of it, the rule by which scales are found too. */
  public static boolean saysInput(InputScheme scheme) {
    return ActivationArguments.say(scheme);
  }

  private static Optional<CompressedForm> of(StoredWeight weight) {
    return weight
        .scaled()
        .filter(CompressedForm::isPublished)
        .map(CompressedForm::of)
        .or(() -> weight.microscaled().flatMap(CompressedForm::of))
        .or(() -> weight.nvfp4().flatMap(CompressedForm::of));
  }

  private static boolean isPublished(ScaledWeight weight) {
    return weight.type() == DType.FLOAT8_E4M3
        && weight.scaleType().isFloating()
        && weight.blocks().layout() == ScaleBlocks.Layout.COMPRESSED_TENSORS;
  }

  private static CompressedForm of(ScaledWeight weight) {
    ScaleBlocks blocks = weight.blocks();
    boolean rows = blocks.rows() == 1;
    boolean channel = rows && blocks.columns() == ScaleBlocks.ALL;
    String strategy = blocks.isWhole() ? "tensor" : channel ? "channel" : rows ? "group" : "block";
    ObjectNode weights = floats(Byte.SIZE, strategy);
    if (strategy.equals("group")) {
      weights.put("group_size", blocks.columns());
    } else if (strategy.equals("block")) {
      // All columns of so many rows: as many as there are.
      boolean all = blocks.columns() == ScaleBlocks.ALL;
      weights
          .putArray("block_structure")
          .add(blocks.rows())
          .add(all ? weight.inFeatures() : blocks.columns());
    }
    return new CompressedForm(CompressedTensorsConfig.FLOAT, weights.put("dynamic", false));
  }

  private static Optional<CompressedForm> of(MicroscaledWeight weight) {
    boolean whole =
        weight.blockSize() == MicroscaledWeight.BLOCK
            && weight.inFeatures() % MicroscaledWeight.BLOCK == 0;
    String format = format(weight.element());
    if (!whole || format.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode weights = floats(weight.element().bits(), "group");
    weights.put("group_size", weight.blockSize()).put("scale_dtype", "torch.uint8");
    return Optional.of(new CompressedForm(format, weights.put("dynamic", false)));
  }

  private static String format(ElementFormat element) {
    return switch (element) {
      case E2M1 -> MXFP4;
      case E2M3 -> MXFP6;
      case E4M3 -> MXFP8;
      case E3M2, E5M2, INT8 -> "";
    };
  }

  private static Optional<CompressedForm> of(Nvfp4Weight weight) {
    if (weight.inFeatures() % Nvfp4Weight.BLOCK != 0) {
      return Optional.empty();
    }
    ObjectNode weights = floats(ElementFormat.E2M1.bits(), "tensor_group");
    weights.put("group_size", Nvfp4Weight.BLOCK).put("scale_dtype", "torch.float8_e4m3fn");
    return Optional.of(new CompressedForm(NVFP4, weights.put("dynamic", false)));
  }

  private static ObjectNode floats(int bits, String strategy) {
    ObjectNode weights = JsonNodeFactory.instance.objectNode();
    weights.put("num_bits", bits);
    weights.put("type", "float");
    weights.put("symmetric", true);
    weights.put("strategy", strategy);
    return weights;
  }

  /** The form of codes on a grid. */
  static CompressedForm of(QuantizationConfig config) {
    ObjectNode weights = JsonNodeFactory.instance.objectNode();
    boolean channel = config.groupSize() == GridForm.PER_CHANNEL;
    weights.put("num_bits", config.bits());
    weights.put("type", "int");
    weights.put("symmetric", config.symmetric());
    weights.put("strategy", channel ? "channel" : "group");
    if (channel) {
      weights.putNull("group_size");
    } else {
      weights.put("group_size", config.groupSize());
    }
    if (config.actOrder()) {
      weights.put("actorder", "group");
    } else {
      weights.putNull("actorder");
    }
    return new CompressedForm(CompressedTensorsConfig.PACKED, weights.put("dynamic", false));
  }

  private static Optional<CompressedForm> bytes(StoredWeight weight) {
    return weight
        .onGrid()
        .map(QuantizedWeight::grid)
        .filter(grid -> grid.layout() == GridForm.Layout.COMPRESSED_TENSORS)
        .filter(grid -> grid.bits() == Byte.SIZE && grid.ordered())
        .map(grid -> of(QuantizationConfig.of(grid)))
        .map(packed -> new CompressedForm(CompressedTensorsConfig.INTEGERS, packed.weights()));
  }

  /**
   * The tensors of a weight that has such a form, by what follows the linear's name.
   *
   * @param owner manager of those that are made
   */
  public static SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, StoredWeight weight) {
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    weight.onGrid().ifPresent(grid -> tensors.putAll(IntegerLinear.pack(torch, owner, grid)));
    weight
        .scaled()
        .ifPresent(
            scaled -> {
              NDArray scales = scaled.storedScales(torch, owner);
              tensors.put("weight", scaled.values());
              tensors.put("weight_scale", scaled.blocks().isWhole() ? scales.reshape(1) : scales);
            });
    weight
        .microscaled()
        .ifPresent(
            blocks -> {
              if (blocks.element() == ElementFormat.E4M3) {
                tensors.put(
                    "weight",
                    torch.tensors().reinterpret(owner, blocks.codes(), DType.FLOAT8_E4M3));
              } else {
                tensors.put("weight_packed", blocks.stream(torch, owner));
              }
              tensors.put("weight_scale", blocks.scales());
            });
    weight
        .nvfp4()
        .ifPresent(
            blocks -> {
              tensors.put("weight_packed", blocks.stream(torch, owner));
              tensors.put("weight_scale", blocks.scales());
              tensors.put("weight_global_scale", blocks.divisor());
            });
    return tensors;
  }
}
