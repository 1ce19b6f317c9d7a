package dev.assay.engine.toy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of signs under a scale a row.
 *
 * @param signs int8 [out, in], −1 or 1
 * @param scales float32 [out]
 */
record SignWeight(NDArray signs, NDArray scales) implements StoredWeight {
  /** The nearest weight to some values: the mean magnitude of each row. */
  static SignWeight of(NDArray values) {
    NDArray signs = values.gte(0).toType(DataType.FLOAT32, false).mul(2).sub(1);
    return new SignWeight(
        signs.toType(DataType.INT8, true), values.abs().mean(new int[] {1}).flatten());
  }

  @Override
  public long outFeatures() {
    return signs.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return signs.getShape().get(1);
  }

  @Override
  public String format() {
    return "sign";
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    NDArray values = signs.toType(DataType.FLOAT32, true).mul(scales.reshape(-1, 1));
    values.attach(owner);
    return values;
  }

  @Override
  public long storedBytes() {
    return outFeatures() * inFeatures() + outFeatures() * Float.BYTES;
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    NDArray kept = runtime.torch().tensors().copy(owner, signs);
    NDArray factors = runtime.torch().tensors().cast(owner, scales, runtime.dtype());
    ModuleNode module =
        new ModuleNode(ScriptClass.of(SignWeight.class, "sign.SignLinear"))
            .with("signs", kept)
            .with("scales", runtime.torch().tensors().copy(owner, factors));
    return Optional.of(
        new RunnableLinear("sign", module, outFeatures(), storedBytes(), false, "signs"));
  }

  /** Keeps it in two tensors. */
  public static final class Format implements WeightFormat<SignWeight> {
    @Override
    public String name() {
      return "sign";
    }

    @Override
    public Class<SignWeight> weights() {
      return SignWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, SignWeight weight) {
      return new TreeMap<>(Map.of("signs", weight.signs(), "row_scales", weight.scales()));
    }

    @Override
    public ObjectNode entry(SignWeight weight) {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public SignWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      return new SignWeight(
          Objects.requireNonNull(tensors.get("signs")),
          Objects.requireNonNull(tensors.get("row_scales")));
    }
  }
}
