package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight stored value by value.
 *
 * @param values [out, in], of a floating type
 * @param type the element type of {@code values}
 */
public record DenseWeight(NDArray values, DType type) implements StoredWeight {
  /** Name of the format. */
  public static final String FORMAT = "dense";

  public DenseWeight {
    Shape shape = values.getShape();
    if (shape.dimension() != 2) {
      throw new IllegalArgumentException("a linear weight is [out, in], found " + shape);
    }
    if (!type.isFloating()) {
      throw new IllegalArgumentException("a dense weight is floating, found " + type.label());
    }
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
    return torch.tensors().cast(owner, values, DType.FLOAT32);
  }

  @Override
  public long storedBytes() {
    return outFeatures() * inFeatures() * type.bytes();
  }

  @Override
  public String format() {
    return FORMAT;
  }

  @Override
  public boolean isDense() {
    return true;
  }

  @Override
  public Optional<DenseWeight> dense() {
    return Optional.of(this);
  }

  @Override
  public DenseWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new DenseWeight(WeightRows.select(torch, owner, values, rows), type);
  }

  @Override
  public DenseWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<DenseWeight> dense = parts.stream().map(DenseWeight.class::cast).toList();
    return new DenseWeight(WeightRows.join(torch, owner, dense, DenseWeight::values, rows), type);
  }

  /** The weight with rows and columns exchanged, as some families store it. */
  public DenseWeight transposed(TorchSession torch, NDManager owner) {
    return new DenseWeight(WeightRows.transposed(torch, owner, values), type);
  }

  /** Keeps values in the tensor {@code weight}. */
  public static final class Format implements WeightFormat<DenseWeight> {
    private static final String WEIGHT = "weight";

    @Override
    public String name() {
      return FORMAT;
    }

    @Override
    public Class<DenseWeight> weights() {
      return DenseWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, DenseWeight weight) {
      return new TreeMap<>(Map.of(WEIGHT, weight.values()));
    }

    @Override
    public ObjectNode entry(DenseWeight weight) {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public DenseWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray values = Objects.requireNonNull(tensors.get(WEIGHT), WEIGHT);
      return new DenseWeight(values, torch.tensors().typeOf(values));
    }
  }
}
