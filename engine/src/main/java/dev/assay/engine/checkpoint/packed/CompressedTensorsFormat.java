package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The layout {@code pack-quantized} of compressed-tensors for a linear [out, in]: {@code
 * weight_packed} int32 [out, words(in)] with consecutive inputs in a word, {@code weight_scale}
 * [out, groups], {@code weight_shape} int64 [2]; for asymmetric grids {@code weight_zero_point}
 * int32 [words(out), groups] with consecutive outputs in a word; after act-order {@code
 * weight_g_idx} int32 [in]. Codes and zeros are signed numbers plus 2^(bits − 1), which is what a
 * grid from 0 up has.
 *
 * @see <a href="https://github.com/vllm-project/compressed-tensors">compressed-tensors</a>
 */
record CompressedTensorsFormat(QuantizationConfig config) implements PackedFormat {
  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    long bits = config.bits();
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes = script.call(scope, "transposed", weight.codes());
      NDArray packed = script.call(scope, "pack_rows", codes, bits);
      tensors.put("weight_packed", script.call(owner, "transposed", packed));
      tensors.put("weight_scale", torch.tensors().copy(owner, weight.scales()));
      long[] shape = {weight.outFeatures(), weight.inFeatures()};
      tensors.put("weight_shape", owner.create(shape));
      if (!config.symmetric()) {
        tensors.put("weight_zero_point", script.call(owner, "pack_rows", weight.zeros(), bits));
      } else if (!GptqFormat.isEverywhere(script, weight.zeros(), middle())) {
        throw new IllegalArgumentException(
            "zeros: found others than " + middle() + " on a symmetric grid");
      }
      if (!weight.grid().ordered()) {
        tensors.put("weight_g_idx", torch.tensors().cast(owner, weight.groupIndex(), DType.INT32));
      }
    }
    return tensors;
  }

  @Override
  public long inFeatures(PackedTensors tensors) {
    TensorInfo stored = tensors.info("weight_shape", 1, DType.INT64, DType.INT32);
    tensors.require(stored, 2);
    ByteBuffer bytes =
        ByteBuffer.wrap(FileBytes.of(stored, 2 * Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    boolean wide = stored.dtype() == DType.INT64;
    long out = wide ? bytes.getLong() : bytes.getInt();
    long in = wide ? bytes.getLong() : bytes.getInt();
    Shape packed = packed(tensors).shape();
    long most = packed.get(1) * Integer.SIZE / config.bits();
    boolean fits = config.grid(true).words(in) == packed.get(1) || isPadded(in, packed.get(1));
    if (out != packed.get(0) || in < 1 || in > most || !fits) {
      throw tensors.bad(
          stored, "found " + out + " and " + in + ", expected a shape that fits packed " + packed);
    }
    return in;
  }

  @Override
  public long outFeatures(PackedTensors tensors) {
    return packed(tensors).shape().get(0);
  }

  @Override
  public Set<String> names(PackedTensors tensors) {
    return tensors.present(
        "weight_packed",
        "weight_scale",
        "weight_shape",
        "weight_zero_point",
        "weight_g_idx",
        ActivationArguments.SCALE,
        ActivationArguments.ZERO);
  }

  @Override
  public QuantizedWeight unpack(TorchSession torch, NDManager owner, PackedTensors tensors) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    GridForm form = config.grid(true);
    long in = inFeatures(tensors);
    long out = outFeatures(tensors);
    TensorInfo scale = tensors.matrix("weight_scale", PackedTensors.SCALES);
    tensors.require(scale, out, form.groups(in));
    int[] index = groupIndex(torch, tensors, in);
    try (NDManager scope = owner.newSubManager()) {
      NDArray packed = tensors.load(torch, scope, packed(tensors));
      NDArray words = script.call(scope, "transposed", packed);
      NDArray codes = unpacked(script, scope, words, in);
      return new QuantizedWeight(
          script.call(owner, "transposed", codes),
          tensors.loadScales(torch, owner, scale),
          zeros(torch, owner, tensors, scale.shape()),
          owner.create(index),
          config.grid(Arrays.equals(index, form.groupsInOrder(in))));
    }
  }

  private NDArray zeros(TorchSession torch, NDManager owner, PackedTensors tensors, Shape groups) {
    if (config.symmetric()) {
      return owner.full(groups, (float) middle());
    }
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    TensorInfo stored = tensors.matrix("weight_zero_point", DType.INT32);
    long out = groups.get(0);
    if (!isPadded(out, stored.shape().get(0))) {
      tensors.require(stored, config.grid(true).words(out), groups.get(1));
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray packed = tensors.load(torch, scope, stored);
      return script.call(owner, "to_float", unpacked(script, scope, packed, out));
    }
  }

  private NDArray unpacked(ScriptModule script, NDManager scope, NDArray words, long codes) {
    String unpack = isPadded(codes, words.getShape().get(0)) ? "unpack_padded_rows" : "unpack_rows";
    return script.call(scope, unpack, words, config.bits(), codes);
  }

  /** Older versions let no code of 3, 5, 6 or 7 bits run across words. */
  private boolean isPadded(long codes, long words) {
    int count = Integer.SIZE / config.bits();
    return Integer.SIZE % config.bits() != 0
        && words == (codes + count - 1) / count
        && words != config.grid(true).words(codes);
  }

  /** An index of −1 throughout is one that was made and never filled: groups are in order. */
  private int[] groupIndex(TorchSession torch, PackedTensors tensors, long in) {
    GridForm form = config.grid(true);
    Optional<TensorInfo> stored = tensors.optional("weight_g_idx", 1, DType.INT32);
    if (stored.isEmpty()) {
      return form.groupsInOrder(in);
    }
    tensors.require(stored.get(), in);
    try (NDManager scope = torch.manager().newSubManager()) {
      int[] index = tensors.load(torch, scope, stored.get()).toIntArray();
      if (IntStream.of(index).allMatch(group -> group == -1)) {
        return form.groupsInOrder(in);
      }
    }
    return tensors.groups(torch, stored.get(), form.groups(in));
  }

  private TensorInfo packed(PackedTensors tensors) {
    return tensors.matrix("weight_packed", DType.INT32);
  }

  private int middle() {
    return 1 << (config.bits() - 1);
  }
}
