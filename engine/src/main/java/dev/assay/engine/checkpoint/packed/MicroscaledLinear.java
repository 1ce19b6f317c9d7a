package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.MicroscaledWeight;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.StoredWeight;
import java.util.Set;

/**
 * A linear of small floats in blocks, as compressed-tensors has them. MXFP4 and MXFP6: {@code
 * weight_packed} uint8 [out, in / 2] or [out, 3 · in / 4], MXFP8: {@code weight} of E4M3; each with
 * {@code weight_scale} uint8 [out, in / 32], exponents of two. NVFP4: {@code weight_packed} uint8
 * [out, in / 2], {@code weight_scale} of E4M3 [out, in / 16] and {@code weight_global_scale}, which
 * those are divided by.
 */
record MicroscaledLinear(PackedTensors tensors) implements PackedLinear {
  private static final String PACKED = "weight_packed";
  private static final String SCALE = "weight_scale";
  private static final String DIVISOR = "weight_global_scale";

  static boolean isAt(PackedSource checkpoint, String prefix) {
    String packed = prefix + "." + PACKED;
    String scale = prefix + "." + SCALE;
    if (checkpoint.has(packed)) {
      return checkpoint.info(packed).dtype() == DType.UINT8;
    }
    return checkpoint.has(prefix + ".weight")
        && checkpoint.has(scale)
        && checkpoint.info(scale).dtype() == DType.UINT8;
  }

  @Override
  public StoredWeight load(TorchSession torch, NDManager owner) {
    TensorInfo codes = codes();
    TensorInfo scale = tensors.matrix(SCALE, DType.UINT8, DType.FLOAT8_E4M3);
    tensors.require(codes, codes.shape().get(0), bytes(columns()));
    tensors.require(scale, codes.shape().get(0), columns() / block());
    try (NDManager scope = owner.newSubManager()) {
      NDArray stream =
          torch.tensors().reinterpret(scope, tensors.load(torch, scope, codes), DType.UINT8);
      NDArray scales = tensors.load(torch, owner, scale);
      if (!isNvfp4()) {
        return MicroscaledWeight.ofStream(torch, owner, stream, scales, element(), columns());
      }
      TensorInfo divisor = tensors.info(DIVISOR, 1, DType.FLOAT32);
      tensors.require(divisor, 1);
      NDArray number = tensors.load(torch, owner, divisor);
      return Nvfp4Weight.ofStream(torch, owner, stream, scales, number, columns());
    }
  }

  private boolean isNvfp4() {
    return scale().dtype() == DType.FLOAT8_E4M3;
  }

  private int block() {
    return isNvfp4() ? Nvfp4Weight.BLOCK : MicroscaledWeight.BLOCK;
  }

  private long columns() {
    return scale().shape().get(1) * block();
  }

  private long bytes(long columns) {
    return columns * element().bits() / Byte.SIZE;
  }

  /** As many bytes of codes as there are for each scale tell it. */
  private ElementFormat element() {
    if (isNvfp4()) {
      return ElementFormat.E2M1;
    }
    if (codes().dtype() == DType.FLOAT8_E4M3) {
      return ElementFormat.E4M3;
    }
    boolean six = codes().shape().get(1) == columns() * ElementFormat.E2M3.bits() / Byte.SIZE;
    return six ? ElementFormat.E2M3 : ElementFormat.E2M1;
  }

  private TensorInfo scale() {
    return tensors.matrix(SCALE, DType.UINT8, DType.FLOAT8_E4M3);
  }

  private TensorInfo codes() {
    return tensors.checkpoint().has(tensors.prefix() + "." + PACKED)
        ? tensors.matrix(PACKED, DType.UINT8)
        : tensors.matrix("weight", DType.FLOAT8_E4M3);
  }

  @Override
  public String format() {
    return isNvfp4() ? "nvfp4" : "mx " + element().label();
  }

  @Override
  public long parameters() {
    return Math.multiplyExact(codes().shape().get(0), columns());
  }

  @Override
  public DType valueType() {
    return tensors.checkpoint().declaredType().orElse(DType.BFLOAT16);
  }

  @Override
  public Set<String> names() {
    return tensors.present("weight", PACKED, SCALE, DIVISOR, "input_global_scale");
  }
}
