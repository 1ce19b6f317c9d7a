package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A linear in the layout {@code int-quantized} of compressed-tensors: {@code weight} int8 [out,
 * in], a signed code a byte whatever its width, {@code weight_scale} [out, groups] or [1], {@code
 * weight_zero_point} int8 of that shape on asymmetric grids.
 */
record IntegerLinear(PackedTensors tensors) implements PackedLinear {
  private static final String SCALE = "weight_scale";
  private static final String ZERO = "weight_zero_point";

  static boolean isAt(PackedSource checkpoint, String prefix) {
    return Codes.areAt(checkpoint, prefix)
        && checkpoint.has(prefix + "." + SCALE)
        && Codes.typeAt(checkpoint, prefix) == DType.INT8;
  }

  /**
   * The tensors of a weight of 8 bits in ordered groups, by what follows the linear's name.
   *
   * @param owner manager of them
   */
  static SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    long middle = 1L << (weight.grid().bits() - 1);
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    tensors.put("weight", script.call(owner, "around_zero", weight.codes(), middle));
    tensors.put(SCALE, torch.tensors().copy(owner, weight.scales()));
    if (!weight.grid().symmetric()) {
      tensors.put(ZERO, script.call(owner, "around_zero", weight.zeros(), middle));
    }
    return tensors;
  }

  @Override
  public QuantizedWeight load(TorchSession torch, NDManager owner) {
    Codes weight = weight();
    TensorInfo scale = tensors.checkpoint().info(tensors.prefix() + "." + SCALE);
    if (!scale.dtype().isFloating()) {
      throw tensors.bad(scale, "found dtype " + scale.dtype().name() + ", expected a floating one");
    }
    Shape groups = groups(scale);
    GridForm form = form(groups.get(1));
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    long middle = 1L << (form.bits() - 1);
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes = script.call(owner, "above_zero", weight.load(torch, scope), middle);
      if (script.callForLong("greatest", codes) > form.maxCode()) {
        throw weight.bad("found codes beyond " + form.bits() + " bits");
      }
      NDArray stored = tensors.loadScales(torch, scope, scale);
      NDArray scales = script.call(owner, "for_rows", stored, groups.get(0), groups.get(1));
      return QuantizedWeight.inOrder(
          owner, codes, scales, zeros(torch, owner, groups, middle), form);
    }
  }

  private NDArray zeros(TorchSession torch, NDManager owner, Shape groups, long middle) {
    Optional<TensorInfo> stored = zero();
    if (stored.isEmpty()) {
      return owner.full(groups, (float) middle);
    }
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    try (NDManager scope = owner.newSubManager()) {
      NDArray signed = tensors.load(torch, scope, stored.get());
      NDArray above = script.call(scope, "above_zero", signed, middle);
      NDArray rows = script.call(scope, "for_rows", above, groups.get(0), groups.get(1));
      return script.call(owner, "to_float", rows);
    }
  }

  /** [out, groups], where one scale is that of every row. */
  private Shape groups(TensorInfo scale) {
    long out = weight().shape().get(0);
    if (scale.elements() == 1) {
      return new Shape(out, 1);
    }
    Shape shape = scale.shape();
    if (shape.dimension() != 2 || shape.get(0) != out || weight().shape().get(1) < shape.get(1)) {
      throw tensors.bad(
          scale, "found shape " + shape + ", expected one scale, or [" + out + ", groups]");
    }
    return shape;
  }

  private GridForm form(long groups) {
    Optional<QuantizationConfig> config = tensors.checkpoint().quantizationIfAny(tensors.prefix());
    long in = weight().shape().get(1);
    int said = config.map(QuantizationConfig::groupSize).orElse(GridForm.PER_CHANNEL);
    int size = groups == 1 ? GridForm.PER_CHANNEL : said;
    if (groups > 1 && (said < 1 || (in + said - 1) / said != groups)) {
      throw weight()
          .bad("found %d groups of %d inputs, expected groups of %d".formatted(groups, in, said));
    }
    return new GridForm(
        config.map(QuantizationConfig::bits).orElse(Byte.SIZE),
        size,
        zero().isEmpty(),
        true,
        GridForm.Layout.COMPRESSED_TENSORS);
  }

  private Optional<TensorInfo> zero() {
    String name = tensors.prefix() + "." + ZERO;
    return tensors.checkpoint().has(name)
        ? Optional.of(tensors.checkpoint().info(name))
        : Optional.empty();
  }

  @Override
  public String format() {
    return "int"
        + tensors
            .checkpoint()
            .quantizationIfAny(tensors.prefix())
            .map(QuantizationConfig::bits)
            .orElse(Byte.SIZE);
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
    return weight().names(SCALE, ZERO, "input_scale", "input_zero_point");
  }

  private Codes weight() {
    return new Codes(tensors, List.of(DType.INT8));
  }
}
