package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight as the values that are not 0 and a bit for each: smaller than all values by itself where
 * more than a sixteenth of those of 16 bits are 0.
 *
 * @param values [n], row by row
 * @param bitmask uint8 [out, ⌈in / 8⌉], the first column in the lowest bit
 * @param inFeatures columns
 * @param type of the values
 */
public record BitmaskWeight(NDArray values, NDArray bitmask, long inFeatures, DType type)
    implements SparseWeight {
  public BitmaskWeight {
    SparseScripts.requireFloating(type);
    Shape shape = bitmask.getShape();
    if (bitmask.getDataType() != DataType.UINT8
        || shape.dimension() != 2
        || shape.get(1) != SparseForm.bytesOfBits(inFeatures)) {
      throw new IllegalArgumentException(
          "bitmask: found %s %s, expected uint8 [out, %d] for %d columns"
              .formatted(
                  bitmask.getDataType(), shape, SparseForm.bytesOfBits(inFeatures), inFeatures));
    }
    if (values.getShape().dimension() != 1) {
      throw new IllegalArgumentException(
          "values: found " + values.getShape() + ", expected one after the other");
    }
  }

  /**
   * A weight's values that are not 0.
   *
   * @param whole [out, in], of a floating type of 16 or 32 bits
   */
  public static BitmaskWeight of(TorchSession torch, NDManager owner, NDArray whole) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = SparseScripts.nonzero(torch, scope, whole);
      return of(torch, owner, whole, mask);
    }
  }

  private static BitmaskWeight of(
      TorchSession torch, NDManager owner, NDArray whole, NDArray mask) {
    return new BitmaskWeight(
        SparseScripts.kept(torch, owner, whole, mask),
        SparseScripts.of(torch).call(owner, "bits", mask),
        whole.getShape().get(1),
        torch.tensors().typeOf(whole));
  }

  /**
   * One of tensors that come from elsewhere.
   *
   * @throws IllegalArgumentException if there are not as many values as the bitmask has bits
   */
  public static BitmaskWeight checked(
      TorchSession torch, NDArray values, NDArray bitmask, long inFeatures) {
    BitmaskWeight weight =
        new BitmaskWeight(values, bitmask, inFeatures, torch.tensors().typeOf(values));
    // Which holds the bits against the values.
    weight.whole(torch, torch.manager()).close();
    return weight;
  }

  @Override
  public long outFeatures() {
    return bitmask.getShape().get(0);
  }

  @Override
  public SparseForm form() {
    return SparseForm.BITMASK;
  }

  @Override
  public NDArray whole(TorchSession torch, NDManager owner) {
    return BitmaskLayout.whole(torch, owner, values, bitmask, inFeatures);
  }

  @Override
  public long storedBytes() {
    return form().bytes(outFeatures(), inFeatures, values.getShape().size(), type);
  }

  /** Keeps values and bits as they are. */
  public static final class Format implements WeightFormat<BitmaskWeight> {
    private static final String VALUES = "values";
    private static final String BITMASK = "bitmask";
    private static final String COLUMNS = "columns";

    @Override
    public String name() {
      return SparseForm.BITMASK.format();
    }

    @Override
    public Class<BitmaskWeight> weights() {
      return BitmaskWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, BitmaskWeight weight) {
      return new TreeMap<>(Map.of(VALUES, weight.values(), BITMASK, weight.bitmask()));
    }

    @Override
    public ObjectNode entry(BitmaskWeight weight) {
      return JsonNodeFactory.instance.objectNode().put(COLUMNS, weight.inFeatures());
    }

    @Override
    public BitmaskWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      return checked(
          torch,
          Objects.requireNonNull(tensors.get(VALUES), VALUES),
          Objects.requireNonNull(tensors.get(BITMASK), BITMASK),
          entry.path(COLUMNS).asLong());
    }
  }
}
