package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Optional;
import java.util.Set;

/**
 * A dense linear that BitNet's configuration says to have three values: {@code weight} of −1, 0 and
 * 1 times {@code weight_scale} (offline), or without that one any values, to be rounded to three as
 * BitNet b1.58 does when they are loaded (online).
 */
record TernaryLinear(PackedTensors tensors) implements PackedLinear {
  private static final DType[] DENSE = {DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16};
  private static final String SCALE = "weight_scale";

  static boolean isAt(PackedSource checkpoint, String prefix) {
    String name = prefix + ".weight";
    if (!checkpoint.has(name) || checkpoint.info(name).shape().dimension() != 2) {
      return false;
    }
    Optional<Format> format = checkpoint.quantizationIfAny(prefix).map(QuantizationConfig::format);
    boolean online = format.equals(Optional.of(Format.BITNET_ONLINE));
    boolean offline =
        format.equals(Optional.of(Format.BITNET)) && checkpoint.has(prefix + "." + SCALE);
    return (online || offline)
        && checkpoint.info(name).dtype().isFloating()
        && !CompressedTensorsTargets.isEmbedding(prefix);
  }

  @Override
  public QuantizedWeight load(TorchSession torch, NDManager owner) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    BitNetFormat format = new BitNetFormat(config());
    TensorInfo weight = weight();
    long out = weight.shape().get(0);
    try (NDManager scope = owner.newSubManager()) {
      NDArray values =
          torch.tensors().cast(scope, tensors.load(torch, scope, weight), DType.FLOAT32);
      Optional<TensorInfo> scale = scale();
      NDArray factor = script.call(scope, "absmean", values);
      NDArray whole = values;
      if (scale.isPresent()) {
        factor =
            torch
                .tensors()
                .cast(scope, tensors.load(torch, scope, scale.get()), DType.FLOAT32)
                .flatten();
      } else {
        whole = script.call(scope, "over", values, factor);
      }
      if (scale.isPresent() && !script.callForBoolean("are_ternary", whole)) {
        throw tensors.bad(weight, "found other values than −1, 0 and 1 beside " + SCALE);
      }
      return format.weight(
          owner,
          script.call(owner, "ternary_codes", whole),
          script.call(owner, "for_rows", factor, out, 1L));
    }
  }

  private static QuantizationConfig config() {
    return new QuantizationConfig(Format.BITNET, 2, GridForm.PER_CHANNEL, false, false);
  }

  private Optional<TensorInfo> scale() {
    String name = tensors.prefix() + "." + SCALE;
    if (!tensors.checkpoint().has(name)) {
      return Optional.empty();
    }
    TensorInfo scale = tensors.checkpoint().info(name);
    if (scale.elements() != 1 || !scale.dtype().isFloating()) {
      throw tensors.bad(
          scale, "found %s %s, expected one float".formatted(scale.dtype(), scale.shape()));
    }
    return Optional.of(scale);
  }

  @Override
  public String format() {
    return config().grid(true).label();
  }

  @Override
  public long parameters() {
    return weight().elements();
  }

  @Override
  public DType valueType() {
    return weight().dtype();
  }

  @Override
  public Set<String> names() {
    return tensors.present("weight", SCALE);
  }

  private TensorInfo weight() {
    return tensors.matrix("weight", DENSE);
  }
}
