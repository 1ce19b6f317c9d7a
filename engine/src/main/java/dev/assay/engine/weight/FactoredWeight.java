package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/**
 * A weight as the product of two of any form, which run one after the other: value = up · down. So
 * is a {@link LowRankWeight} whose factors were rounded, each by itself.
 *
 * @param up [out, rank]
 * @param down [rank, in]
 */
public record FactoredWeight(StoredWeight up, StoredWeight down) implements StoredWeight {
  public FactoredWeight {
    if (up.inFeatures() != down.outFeatures()) {
      throw new IllegalArgumentException(
          "found factors [%d, %d] and [%d, %d], expected [out, rank] and [rank, in]"
              .formatted(up.outFeatures(), up.inFeatures(), down.outFeatures(), down.inFeatures()));
    }
  }

  /** Columns of the left factor and rows of the right one. */
  public long rank() {
    return down.outFeatures();
  }

  @Override
  public long outFeatures() {
    return up.outFeatures();
  }

  @Override
  public long inFeatures() {
    return down.inFeatures();
  }

  @Override
  public String format() {
    String both =
        up.format().equals(down.format()) ? up.format() : up.format() + " behind " + down.format();
    return "factors r" + rank() + " of " + both;
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray product = up.dequantize(torch, scope).matMul(down.dequantize(torch, scope));
      product.attach(owner);
      return product;
    }
  }

  @Override
  public long storedBytes() {
    return PartForm.bytes(up) + PartForm.bytes(down);
  }

  /** {@inheritDoc} Those of both factors, for each weight that they stand for. */
  @Override
  public double codeBits() {
    return (codeBits(up) + codeBits(down)) / (outFeatures() * inFeatures());
  }

  private static double codeBits(StoredWeight factor) {
    return factor.codeBits() * factor.outFeatures() * factor.inFeatures();
  }

  @Override
  public long denseProducts() {
    return up.denseProducts() + down.denseProducts();
  }

  @Override
  public long parameters() {
    return up.parameters() + down.parameters();
  }

  @Override
  public long products(TorchSession torch, NDManager owner) {
    return up.products(torch, owner) + down.products(torch, owner);
  }

  /** {@inheritDoc} The right factor is this one's. */
  @Override
  public FactoredWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new FactoredWeight(up.rows(torch, owner, rows), down);
  }

  /** Of weights that have the same right factor. */
  @Override
  public FactoredWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<FactoredWeight> all = parts.stream().map(FactoredWeight.class::cast).toList();
    if (!all.stream().allMatch(part -> PartForm.same(torch, down, part.down))) {
      throw new IllegalArgumentException(
          "weights in the format "
              + format()
              + " cannot be stored as one: they have other factors");
    }
    List<StoredWeight> ups = all.stream().map(FactoredWeight::up).toList();
    if (ups.stream().map(Object::getClass).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "weights cannot be stored as one: found left factors in the forms "
              + ups.stream().map(StoredWeight::format).distinct().toList());
    }
    return new FactoredWeight(up.joined(torch, owner, ups, rows), down);
  }
}
