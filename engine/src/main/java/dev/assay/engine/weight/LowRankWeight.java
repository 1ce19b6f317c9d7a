package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A weight as the product of two, which run one after the other: fewer bytes and fewer products
 * where their rank is low.
 *
 * @param up [out, rank]
 * @param down [rank, in]
 * @param type the element type of both
 */
public record LowRankWeight(NDArray up, NDArray down, DType type) implements StoredWeight {
  private static final String NAME = "low-rank";

  public LowRankWeight {
    if (up.getShape().dimension() != 2
        || down.getShape().dimension() != 2
        || up.getShape().get(1) != down.getShape().get(0)) {
      throw new IllegalArgumentException(
          "found factors %s and %s, expected [out, rank] and [rank, in]"
              .formatted(up.getShape(), down.getShape()));
    }
    if (!type.isFloating()) {
      throw new IllegalArgumentException("factors are floating, found " + type.label());
    }
  }

  /** Columns of the left factor and rows of the right one. */
  public long rank() {
    return down.getShape().get(0);
  }

  @Override
  public long outFeatures() {
    return up.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return down.getShape().get(1);
  }

  @Override
  public String format() {
    return NAME + " r" + rank();
  }

  /** Whether weights in a format, by its name, are of this form. */
  public static boolean isFormat(String format) {
    return format.equals(NAME) || format.startsWith(NAME + " r");
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray left = torch.tensors().cast(scope, up, DType.FLOAT32);
      NDArray right = torch.tensors().cast(scope, down, DType.FLOAT32);
      NDArray product = left.matMul(right);
      product.attach(owner);
      return product;
    }
  }

  @Override
  public long denseProducts() {
    return rank() * (outFeatures() + inFeatures());
  }

  @Override
  public long storedBytes() {
    return denseProducts() * type.bytes();
  }

  @Override
  public long products(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray left = torch.tensors().cast(scope, up, DType.FLOAT32);
      NDArray right = torch.tensors().cast(scope, down, DType.FLOAT32);
      return left.countNonzero().getLong() + right.countNonzero().getLong();
    }
  }

  @Override
  public LowRankWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new LowRankWeight(
        WeightRows.select(torch, owner, up, rows), torch.tensors().copy(owner, down), type);
  }

  /** Of weights that have the same right factor. */
  @Override
  public LowRankWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<LowRankWeight> all = parts.stream().map(LowRankWeight.class::cast).toList();
    for (LowRankWeight part : all) {
      if (part.type != type || !WeightRows.same(torch, down, part.down)) {
        throw new IllegalArgumentException(
            "weights in the format "
                + format()
                + " cannot be stored as one: they have other factors");
      }
    }
    return new LowRankWeight(
        WeightRows.join(torch, owner, all, LowRankWeight::up, rows),
        torch.tensors().copy(owner, down),
        type);
  }

  /** The same in another type. */
  public LowRankWeight in(TorchSession torch, NDManager owner, DType other) {
    try (NDManager scope = owner.newSubManager()) {
      return new LowRankWeight(
          torch.tensors().copy(owner, torch.tensors().cast(scope, up, other)),
          torch.tensors().copy(owner, torch.tensors().cast(scope, down, other)),
          other);
    }
  }

  /** The same in a type that artifacts have, or as it is where that does not hold its numbers. */
  public LowRankWeight narrowed(TorchSession torch, NDManager owner, DType other) {
    LowRankWeight narrow = in(torch, owner, other);
    boolean held = torch.tensors().isFinite(narrow.up) && torch.tensors().isFinite(narrow.down);
    return held ? narrow : in(torch, owner, type);
  }

  /** Keeps the factors in tensors of their names. */
  public static final class Format implements WeightFormat<LowRankWeight> {
    private static final String UP = "up";
    private static final String DOWN = "down";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public Class<LowRankWeight> weights() {
      return LowRankWeight.class;
    }

    @Override
    public SortedMap<String, NDArray> pack(
        TorchSession torch, NDManager owner, LowRankWeight weight) {
      return new TreeMap<>(Map.of(UP, weight.up(), DOWN, weight.down()));
    }

    @Override
    public ObjectNode entry(LowRankWeight weight) {
      return JsonNodeFactory.instance.objectNode().put("rank", weight.rank());
    }

    @Override
    public LowRankWeight unpack(
        TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry) {
      NDArray up = Objects.requireNonNull(tensors.get(UP), UP);
      NDArray down = Objects.requireNonNull(tensors.get(DOWN), DOWN);
      if (entry.path("rank").asLong() != down.getShape().get(0)) {
        throw new IllegalArgumentException(
            "rank: found %s, expected %d".formatted(entry.path("rank"), down.getShape().get(0)));
      }
      DType type = torch.tensors().typeOf(up);
      if (torch.tensors().typeOf(down) != type) {
        throw new IllegalArgumentException(
            "down: found %s, expected %s as up has it"
                .formatted(torch.tensors().typeOf(down).label(), type.label()));
      }
      return new LowRankWeight(up, down, type);
    }
  }
}
