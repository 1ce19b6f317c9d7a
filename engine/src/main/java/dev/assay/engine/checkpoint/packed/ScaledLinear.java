package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaleBlocks.Layout;
import dev.assay.engine.weight.ScaledWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A linear of 8-bit floats: {@code weight} [out, in], with its zeros or without, and, as
 * compressed-tensors' {@code float-quantized} has it, {@code weight_scale} [out, 1], [1] or one a
 * block; as DeepSeek and transformers have it, {@code weight_scale_inv} one a block, which the
 * values are multiplied by too. Blocks at the edges are smaller. Their shape is the
 * configuration's; where that says nothing, as many rows and columns as divide the weight into so
 * many blocks.
 */
record ScaledLinear(PackedTensors tensors) implements PackedLinear {
  private static final String SCALE = "weight_scale";
  private static final String SCALE_INV = "weight_scale_inv";

  static boolean isAt(PackedSource checkpoint, String prefix) {
    return Codes.areAt(checkpoint, prefix)
        && (checkpoint.has(prefix + "." + SCALE) || checkpoint.has(prefix + "." + SCALE_INV));
  }

  @Override
  public ScaledWeight load(TorchSession torch, NDManager owner) {
    Codes weight = weight();
    TensorInfo scale = tensors.checkpoint().info(tensors.prefix() + "." + suffix());
    if (!scale.dtype().isFloating() && scale.dtype() != DType.FLOAT8_E8M0) {
      throw tensors.bad(scale, "found dtype " + scale.dtype().name() + ", expected a floating one");
    }
    ScaleBlocks blocks = blocks(scale);
    Shape grid = blocks.grid(weight.shape().get(0), weight.shape().get(1));
    try (NDManager scope = owner.newSubManager()) {
      NDArray stored = tensors.load(torch, scope, scale);
      NDArray wide = torch.tensors().cast(scope, stored, DType.FLOAT32);
      return new ScaledWeight(
          weight.load(torch, owner),
          weight.dtype(),
          torch.tensors().copy(owner, wide.reshape(grid)),
          scale.dtype(),
          blocks);
    }
  }

  private String suffix() {
    return tensors.checkpoint().has(tensors.prefix() + "." + SCALE_INV) ? SCALE_INV : SCALE;
  }

  private ScaleBlocks blocks(TensorInfo scale) {
    Layout layout = suffix().equals(SCALE) ? Layout.COMPRESSED_TENSORS : Layout.SCALE_INV;
    Shape rows = new Shape(weight().shape().get(0), 1);
    if (layout == Layout.COMPRESSED_TENSORS && scale.elements() == 1) {
      return ScaleBlocks.whole();
    }
    if (layout == Layout.COMPRESSED_TENSORS && scale.shape().equals(rows)) {
      return ScaleBlocks.byRow();
    }
    long out = weight().shape().get(0);
    long in = weight().shape().get(1);
    Optional<ScaleBlocks> said = said(layout);
    if (said.isPresent() && said.get().grid(out, in).equals(scale.shape())) {
      return said.get();
    }
    Shape shape = scale.shape();
    if (layout == Layout.SCALE_INV && scale.elements() == 1) {
      return new ScaleBlocks(out, in, layout);
    }
    boolean divides =
        said.isEmpty()
            && shape.dimension() == 2
            && out % shape.get(0) == 0
            && in % shape.get(1) == 0;
    if (!divides) {
      throw tensors.bad(
          scale,
          "found shape "
              + shape
              + ", expected "
              + rows
              + " or one element"
              + said.map(blocks -> ", or " + blocks.grid(out, in) + " as configured").orElse(""));
    }
    return new ScaleBlocks(out / shape.get(0), in / shape.get(1), layout);
  }

  private Optional<ScaleBlocks> said(Layout layout) {
    return tensors
        .checkpoint()
        .quantizationIfAny(tensors.prefix())
        .filter(
            config ->
                config.format() == Format.FLOAT_QUANTIZED || config.format() == Format.BLOCK_FP8)
        .map(
            config ->
                config.groupSize() == GridForm.PER_CHANNEL
                    ? ScaleBlocks.byRow()
                    : new ScaleBlocks(config.blockRows(), config.groupSize(), layout));
  }

  @Override
  public String format() {
    return weight().dtype().label();
  }

  @Override
  public long parameters() {
    return weight().elements();
  }

  @Override
  public DType valueType() {
    return tensors.checkpoint().declaredType().orElse(DType.BFLOAT16);
  }

  @Override
  public Set<String> names() {
    return weight().names(SCALE, SCALE_INV, "input_scale", "output_scale");
  }

  private Codes weight() {
    return new Codes(tensors, List.of(DType.FLOAT8_E4M3, DType.FLOAT8_E5M2));
  }
}
