package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * GPTQ's layout of a linear [out, in]: {@code qweight} int32 [words(in), out] with consecutive
 * inputs in a word, {@code qzeros} int32 [groups, words(out)] with consecutive outputs in a word,
 * {@code scales} [groups, out], {@code g_idx} int32 [in]. The first version stores zeros less one.
 */
record GptqFormat(QuantizationConfig config) implements PackedFormat {
  static final String SCRIPT = "packing.py";

  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    ScriptModule script = torch.script(GptqFormat.class, SCRIPT);
    long bits = config.bits();
    if (config.symmetric() && !isEverywhere(script, weight.zeros(), 1L << (bits - 1))) {
      throw new IllegalArgumentException(
          "zeros: found others than " + (1L << (bits - 1)) + " on a symmetric grid");
    }
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes = script.call(scope, "transposed", weight.codes());
      NDArray qzeros = packedZeros(script, scope, weight.zeros());
      tensors.put("qweight", script.call(owner, "pack_rows", codes, bits));
      tensors.put("qzeros", script.call(owner, "transposed", qzeros));
      tensors.put("scales", script.call(owner, "transposed", weight.scales()));
      tensors.put("g_idx", torch.tensors().cast(owner, weight.groupIndex(), DType.INT32));
    }
    return tensors;
  }

  /** The first version takes 1 from all fields of a word at once, as {@link #zeros} says. */
  private NDArray packedZeros(ScriptModule script, NDManager scope, NDArray zeros) {
    long bits = config.bits();
    boolean first = config.format() == QuantizationConfig.Format.GPTQ;
    boolean crossing = Integer.SIZE % bits != 0;
    long offset = first && crossing ? -1 : 0;
    NDArray stored = script.call(scope, "shift_zeros", zeros, offset, mask());
    NDArray packed = script.call(scope, "pack_rows", stored, bits);
    return first && !crossing
        ? script.call(scope, "add_to_words", packed, -(0xFFFF_FFFFL / mask()))
        : packed;
  }

  /** Without {@code g_idx} the inputs that whole words hold. */
  @Override
  public long inFeatures(PackedTensors tensors) {
    return tensors
        .groupIndex()
        .map(TensorInfo::elements)
        .orElseGet(() -> tensors.qweight().shape().get(0) * Integer.SIZE / config.bits());
  }

  @Override
  public long outFeatures(PackedTensors tensors) {
    return tensors.scales().shape().get(1);
  }

  @Override
  public Set<String> names(PackedTensors tensors) {
    return tensors.present("qweight", "qzeros", "scales", "g_idx");
  }

  @Override
  public QuantizedWeight unpack(TorchSession torch, NDManager owner, PackedTensors tensors) {
    ScriptModule script = torch.script(GptqFormat.class, SCRIPT);
    GridForm form = config.grid(true);
    long in = inFeatures(tensors);
    long out = outFeatures(tensors);
    tensors.require(tensors.qweight(), form.words(in), out);
    tensors.require(tensors.qzeros(), form.groups(in), form.words(out));
    tensors.require(tensors.scales(), form.groups(in), out);
    try (NDManager scope = owner.newSubManager()) {
      NDArray qweight = tensors.load(torch, scope, tensors.qweight());
      NDArray codes = script.call(scope, "unpack_rows", qweight, config.bits(), in);
      NDArray scales = tensors.loadScales(torch, scope, tensors.scales());
      NDArray qzeros = tensors.load(torch, scope, tensors.qzeros());
      NDArray transposed = script.call(scope, "transposed", qzeros);
      NDArray stored = script.call(scope, "unpack_rows", transposed, config.bits(), out);
      NDArray zeros = zeros(script, scope, transposed, stored, offset(script, stored, tensors));
      int[] index = groupIndex(torch, tensors, in);
      return new QuantizedWeight(
          script.call(owner, "transposed", codes),
          script.call(owner, "transposed", scales),
          script.call(owner, "to_float", zeros),
          owner.create(index),
          config.grid(Arrays.equals(index, form.groupsInOrder(in))));
    }
  }

  /**
   * The zeros. Where codes do not cross words, the first version's writers take 1 from all fields
   * of a word at once, so that a zero of 0 borrows from the next field.
   */
  private NDArray zeros(
      ScriptModule script, NDManager scope, NDArray words, NDArray stored, long offset) {
    boolean crossing = Integer.SIZE % config.bits() != 0;
    if (offset == 0 || crossing) {
      return script.call(scope, "shift_zeros", stored, offset, mask());
    }
    long ones = 0xFFFF_FFFFL / mask();
    NDArray added = script.call(scope, "add_to_words", words, ones);
    return script.call(scope, "unpack_rows", added, config.bits(), stored.getShape().get(0));
  }

  /**
   * What has to be added to stored zeros. Files exist that name one version and hold the other; a
   * symmetric grid tells, since its zero is known.
   */
  private long offset(ScriptModule script, NDArray stored, PackedTensors tensors) {
    if (!config.symmetric()) {
      return config.format() == QuantizationConfig.Format.GPTQ ? 1 : 0;
    }
    long middle = 1L << (config.bits() - 1);
    if (isEverywhere(script, stored, middle)) {
      return 0;
    }
    if (isEverywhere(script, stored, middle - 1)) {
      return 1;
    }
    throw tensors.bad(
        tensors.qzeros(),
        "found zeros from "
            + script.callForLong("least", stored)
            + " to "
            + script.callForLong("greatest", stored)
            + ", expected "
            + (middle - 1)
            + " or "
            + middle
            + " everywhere, as the configuration says symmetric");
  }

  private int[] groupIndex(TorchSession torch, PackedTensors tensors, long in) {
    Optional<TensorInfo> stored = tensors.groupIndex();
    if (stored.isEmpty()) {
      return config.grid(true).groupsInOrder(in);
    }
    return tensors.groups(torch, stored.get(), config.grid(true).groups(in));
  }

  private long mask() {
    return (1L << config.bits()) - 1;
  }

  /** Whether the first version of the format, which stores zeros less one, has a place for all. */
  static boolean hasNoZeroAtZero(TorchSession torch, QuantizedWeight weight) {
    return torch.script(GptqFormat.class, SCRIPT).callForLong("least", weight.zeros()) > 0;
  }

  static boolean isEverywhere(ScriptModule script, NDArray tensor, long value) {
    return script.callForLong("least", tensor) == value
        && script.callForLong("greatest", tensor) == value;
  }
}
