package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of small floats under a scale: value = scale · element.
 *
 * @param values [out, in], of an 8-bit floating type
 * @param type the element type of {@code values}
 * @param scales float32, [out, 1] for one a row or [1, 1] for one in all
 * @param scaleType the type in which the scales are stored
 */
public record ScaledWeight(NDArray values, DType type, NDArray scales, DType scaleType)
    implements StoredWeight {
  private static final double LEAST = 0x1p-23;

  public ScaledWeight {
    Shape shape = values.getShape();
    if (shape.dimension() != 2 || type.bytes() != 1 || !type.isFloating()) {
      throw new IllegalArgumentException(
          "values: found " + type.label() + " " + shape + ", expected a matrix of 8-bit floats");
    }
    Shape rows = new Shape(shape.get(0), 1);
    if (!scales.getShape().equals(rows) && !scales.getShape().equals(new Shape(1, 1))) {
      throw new IllegalArgumentException(
          "scales: found " + scales.getShape() + ", expected " + rows + " or (1, 1)");
    }
  }

  /**
   * The nearest floats of a weight; the scale takes its greatest magnitude to the greatest number
   * of the type. As compressed-tensors has it: by a division, and 2^−23 in place of a scale of 0.
   *
   * @param weight float32 [out, in], finite
   * @param type the type of the elements
   * @param whole one scale in all, otherwise one a row
   */
  public static ScaledWeight quantize(
      TorchSession torch, NDManager owner, NDArray weight, DType type, boolean whole) {
    List<NDArray> made =
        torch
            .script(ScaledWeight.class, "float8.py")
            .callForList(
                owner, "quantize", weight, whole, type.greatest(), LEAST, type.scriptCode());
    return new ScaledWeight(made.get(0), type, made.get(1), DType.FLOAT32);
  }

  @Override
  public String format() {
    return type.label();
  }

  @Override
  public Optional<ScaledWeight> scaled() {
    return Optional.of(this);
  }

  @Override
  public ScaledWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray bytes = torch.tensors().reinterpret(scope, values, DType.UINT8);
      NDArray some = WeightRows.select(torch, scope, bytes, rows);
      return new ScaledWeight(
          torch.tensors().copy(owner, torch.tensors().reinterpret(scope, some, type)),
          type,
          isWhole()
              ? torch.tensors().copy(owner, scales)
              : WeightRows.select(torch, owner, scales, rows),
          scaleType);
    }
  }

  private boolean isWhole() {
    return scales.getShape().size() == 1;
  }

  @Override
  public ScaledWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<ScaledWeight> weights = parts.stream().map(ScaledWeight.class::cast).toList();
    if (weights.stream().anyMatch(each -> each.type != type)) {
      throw new IllegalArgumentException("weights of other types cannot be joined");
    }
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> bytes =
          weights.stream()
              .map(each -> torch.tensors().reinterpret(scope, each.values, DType.UINT8))
              .toList();
      List<NDArray> byRow =
          weights.stream()
              .map(each -> each.scales.broadcast(new Shape(each.outFeatures(), 1)).duplicate())
              .toList();
      NDArray joined = WeightRows.join(torch, scope, bytes, rows);
      return new ScaledWeight(
          torch.tensors().copy(owner, torch.tensors().reinterpret(scope, joined, type)),
          type,
          WeightRows.join(torch, owner, byRow, rows),
          scaleType);
    }
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    ModuleNode module =
        LinearModules.module("Float8Linear")
            .with("weight", runtime.torch().tensors().copy(owner, values))
            .with("scales", runtime.torch().tensors().copy(owner, scales));
    return Optional.of(
        new RunnableLinear(
            "float8",
            module,
            outFeatures(),
            values.getShape().size() + scales.getShape().size() * Float.BYTES,
            false,
            type.label() + ", widened at each call"));
  }

  @Override
  public long outFeatures() {
    return values.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return values.getShape().get(1);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray wide = torch.tensors().cast(scope, values, DType.FLOAT32);
      NDArray product = wide.mul(scales);
      product.attach(owner);
      return product;
    }
  }

  @Override
  public long storedBytes() {
    return values.getShape().size() + scales.getShape().size() * scaleType.bytes();
  }

  /** Keeps elements and scales. */
  public static final class Format implements WeightFormat<ScaledWeight> {
    private static final String VALUES = "weight";
    private static final String SCALES = "weight_scale";
    private static final String SCALE_TYPE = "scaleType";

    @Override
    public String name() {
      return "float8";
    }

    @Override
    public Class<ScaledWeight> weights() {
      return ScaledWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, ScaledWeight weight) {
      return new TreeMap<>(
          Map.of(
              VALUES,
              weight.values(),
              SCALES,
              torch.tensors().cast(owner, weight.scales(), weight.scaleType())));
    }

    @Override
    public ObjectNode entry(ScaledWeight weight) {
      return JsonNodeFactory.instance.objectNode().put(SCALE_TYPE, weight.scaleType().name());
    }

    @Override
    public ScaledWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray values = Objects.requireNonNull(tensors.get(VALUES), VALUES);
      NDArray scales = Objects.requireNonNull(tensors.get(SCALES), SCALES);
      return new ScaledWeight(
          values,
          torch.tensors().typeOf(values),
          torch.tensors().cast(owner, scales, DType.FLOAT32),
          DType.valueOf(entry.path(SCALE_TYPE).asText()));
    }
  }
}
