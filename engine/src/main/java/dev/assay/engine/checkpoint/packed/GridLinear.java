package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.Set;
import java.util.stream.Stream;

/** A linear on a uniform grid, packed in the layout that the checkpoint's configuration names. */
record GridLinear(PackedFormat packing, PackedTensors tensors) implements PackedLinear {
  /** BitNet's codes are in the bytes of {@code weight}. */
  static boolean isAt(PackedSource checkpoint, String prefix) {
    return checkpoint.has(prefix + ".qweight")
        || checkpoint.has(prefix + ".weight_packed")
        || (checkpoint.has(prefix + ".weight_scale")
            && checkpoint.has(prefix + ".weight")
            && checkpoint.info(prefix + ".weight").dtype() == DType.UINT8);
  }

  static GridLinear of(PackedSource checkpoint, String prefix) {
    QuantizationConfig config =
        checkpoint
            .quantization(prefix)
            .filter(QuantizationConfig::packsGrids)
            .orElseThrow(() -> unexplained(checkpoint, prefix));
    return new GridLinear(config.packing(), new PackedTensors(checkpoint, prefix));
  }

  private static BadCheckpointException unexplained(PackedSource checkpoint, String prefix) {
    String suffix =
        Stream.of(".qweight", ".weight_packed", ".weight")
            .filter(each -> checkpoint.has(prefix + each))
            .findFirst()
            .orElse("");
    return new BadCheckpointException(
        checkpoint.directory()
            + ": found the packed tensor '"
            + prefix
            + suffix
            + "', expected a quantization_config in config.json, or "
            + QuantizationConfigReader.GPTQ_FILE
            + ", that explains it");
  }

  @Override
  public StoredWeight load(TorchSession torch, NDManager owner) {
    return packing.unpack(torch, owner, tensors);
  }

  @Override
  public String format() {
    return tensors.checkpoint().quantization(tensors.prefix()).orElseThrow().grid(true).label();
  }

  @Override
  public long parameters() {
    return Math.multiplyExact(packing.outFeatures(tensors), packing.inFeatures(tensors));
  }

  /** As the configuration has it: scales are in float16 even where the model is in bfloat16. */
  @Override
  public DType valueType() {
    return tensors.checkpoint().declaredType().orElse(DType.FLOAT16);
  }

  @Override
  public Set<String> names() {
    return packing.names(tensors);
  }
}
