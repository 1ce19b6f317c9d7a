package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/**
 * A weight of any form with a product of two beside it: value = base + up · down. The product makes
 * up for what the form of the base has lost, or adapts it.
 *
 * @param base [out, in]
 * @param addend the product, of the same shape
 */
public record AddedWeight(StoredWeight base, LowRankWeight addend) implements StoredWeight {
  public AddedWeight {
    if (base.outFeatures() != addend.outFeatures() || base.inFeatures() != addend.inFeatures()) {
      throw new IllegalArgumentException(
          "found a product of [%d, %d] beside a weight of [%d, %d], expected the same"
              .formatted(
                  addend.outFeatures(),
                  addend.inFeatures(),
                  base.outFeatures(),
                  base.inFeatures()));
    }
  }

  @Override
  public long outFeatures() {
    return base.outFeatures();
  }

  @Override
  public long inFeatures() {
    return base.inFeatures();
  }

  @Override
  public String format() {
    return base.format() + " + " + addend.format();
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray sum = base.dequantize(torch, scope).add(addend.dequantize(torch, scope));
      sum.attach(owner);
      return sum;
    }
  }

  @Override
  public long storedBytes() {
    return PartForm.bytes(base) + addend.storedBytes();
  }

  /** {@inheritDoc} Those of the base: the product has no codes. */
  @Override
  public double codeBits() {
    return base.codeBits();
  }

  @Override
  public long denseProducts() {
    return base.denseProducts() + addend.denseProducts();
  }

  @Override
  public long products(TorchSession torch, NDManager owner) {
    return base.products(torch, owner) + addend.products(torch, owner);
  }

  @Override
  public AddedWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new AddedWeight(base.rows(torch, owner, rows), addend.rows(torch, owner, rows));
  }

  /** Of weights whose bases can be joined and whose products have the same right factor. */
  @Override
  public AddedWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<AddedWeight> all = parts.stream().map(AddedWeight.class::cast).toList();
    List<StoredWeight> bases = all.stream().map(AddedWeight::base).toList();
    if (bases.stream().map(Object::getClass).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "weights cannot be stored as one: found the forms "
              + bases.stream().map(StoredWeight::format).distinct().toList());
    }
    return new AddedWeight(
        base.joined(torch, owner, bases, rows),
        addend.joined(
            torch, owner, all.stream().<StoredWeight>map(AddedWeight::addend).toList(), rows));
  }
}
