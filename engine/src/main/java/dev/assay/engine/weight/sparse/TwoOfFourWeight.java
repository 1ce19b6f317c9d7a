package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight of which two of every four columns of a row are stored. A four with fewer values that
 * are not 0 stores zeros too.
 *
 * @param values [out, in / 2], in the order of columns
 * @param metadata uint8 [out, ⌈in / 8⌉], 4 bits a four, the first in the low ones: the column of
 *     the first value in it, and that of the second times 4
 * @param type of the values
 * @see <a href="https://arxiv.org/abs/2104.08378">Mishra et al. 2021</a>
 */
public record TwoOfFourWeight(NDArray values, NDArray metadata, DType type)
    implements SparseWeight {
  /** Columns of a run. */
  static final int RUN = 4;

  /** Values that are stored of a run. */
  static final int KEPT = 2;

  private static final long EACH = 2;

  public TwoOfFourWeight {
    SparseScripts.requireFloating(type);
    Shape shape = values.getShape();
    if (shape.dimension() != 2 || shape.get(1) % KEPT != 0) {
      throw new IllegalArgumentException(
          "values: found " + shape + ", expected [out, in / 2], two of each four");
    }
    Shape wanted = new Shape(shape.get(0), SparseForm.bytesOfBits(2 * shape.get(1)));
    if (metadata.getDataType() != DataType.UINT8 || !metadata.getShape().equals(wanted)) {
      throw new IllegalArgumentException(
          "metadata: found %s %s, expected uint8 %s"
              .formatted(metadata.getDataType(), metadata.getShape(), wanted));
    }
  }

  /**
   * A weight of this pattern.
   *
   * @param whole [out, in], of a floating type of 16 or 32 bits
   * @throws IllegalArgumentException if more than two of four columns are not 0
   */
  public static TwoOfFourWeight of(TorchSession torch, NDManager owner, NDArray whole) {
    Optional<String> misfit = SparseForm.TWO_OF_FOUR.misfit(torch, whole);
    if (misfit.isPresent()) {
      throw new IllegalArgumentException(misfit.get());
    }
    ScriptModule script = SparseScripts.of(torch);
    DType type = torch.tensors().typeOf(whole);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = SparseScripts.nonzero(torch, scope, whole);
      NDArray positions = script.call(scope, "positions", mask);
      return new TwoOfFourWeight(
          script.call(owner, "picked", whole, positions, SparseScripts.words(type)),
          script.call(owner, "nibbles", positions, EACH, DType.UINT8.scriptCode()),
          type);
    }
  }

  @Override
  public long outFeatures() {
    return values.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return values.getShape().get(1) * RUN / KEPT;
  }

  @Override
  public SparseForm form() {
    return SparseForm.TWO_OF_FOUR;
  }

  @Override
  public NDArray whole(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray positions = positions(torch, scope);
      return SparseScripts.of(torch)
          .call(owner, "unpicked", values, positions, SparseScripts.words(type));
    }
  }

  private NDArray positions(TorchSession torch, NDManager owner) {
    return SparseScripts.of(torch)
        .call(owner, "spread_nibbles", metadata, EACH, inFeatures() / RUN);
  }

  @Override
  public long storedBytes() {
    return form().bytes(outFeatures(), inFeatures(), 0, type);
  }

  /** Keeps values and metadata as they are. */
  public static final class Format implements WeightFormat<TwoOfFourWeight> {
    private static final String VALUES = "values";
    private static final String METADATA = "metadata";

    @Override
    public String name() {
      return SparseForm.TWO_OF_FOUR.format();
    }

    @Override
    public Class<TwoOfFourWeight> weights() {
      return TwoOfFourWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, TwoOfFourWeight weight) {
      return new TreeMap<>(Map.of(VALUES, weight.values(), METADATA, weight.metadata()));
    }

    @Override
    public ObjectNode entry(TwoOfFourWeight weight) {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public TwoOfFourWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray values = Objects.requireNonNull(tensors.get(VALUES), VALUES);
      TwoOfFourWeight weight =
          new TwoOfFourWeight(
              values,
              Objects.requireNonNull(tensors.get(METADATA), METADATA),
              torch.tensors().typeOf(values));
      try (NDManager scope = owner.newSubManager()) {
        NDArray positions = weight.positions(torch, scope);
        if (!SparseScripts.of(torch).callForBoolean("are_positions", positions)) {
          throw new IllegalArgumentException(
              "metadata: found two values of one four in columns that do not ascend");
        }
      }
      return weight;
    }
  }
}
