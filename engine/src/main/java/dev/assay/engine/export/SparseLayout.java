package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import dev.assay.engine.weight.sparse.SparseForm;
import dev.assay.engine.weight.sparse.SparseWeight;
import java.util.Optional;

/**
 * A layout of compressed-tensors for linears without their zeros, whether those are stored by now
 * or not. What is not of its pattern, or would take no fewer bytes, stays dense.
 *
 * @param layout which of them
 * @param recipe that makes such linears
 */
record SparseLayout(BitmaskLayout layout, String recipe) implements PublishedLayout {
  @Override
  public String label() {
    return layout.label();
  }

  @Override
  public boolean packsBeside() {
    return false;
  }

  @Override
  public Optional<BitmaskLayout> sparsity() {
    return Optional.of(layout);
  }

  @Override
  public String wanting() {
    return "linears that take fewer bytes without their zeros in %s; a recipe such as %s prunes them"
        .formatted(label(), recipe);
  }

  @Override
  public Conversion begin(TorchSession torch, Checkpoint source) {
    return new Conversion() {
      @Override
      public void survey(StoredWeight weight) {
        require(weight);
      }

      private SparseWeight require(StoredWeight weight) {
        if (weight instanceof SparseWeight sparse) {
          return sparse;
        }
        throw new NoPlaceException(
            "found a weight in the form %s, expected values: %s has no codes"
                .formatted(weight.format(), label()));
      }

      @Override
      public StoredWeight exact(NDManager owner, StoredWeight weight) {
        SparseWeight sparse = require(weight);
        return stored(owner, sparse.whole(torch, owner), sparse.type());
      }

      @Override
      public StoredWeight values(NDManager owner, StoredWeight weight) {
        DenseWeight dense = weight.dense().orElseThrow();
        return stored(owner, dense.values(), dense.type());
      }

      private StoredWeight stored(NDManager owner, NDArray whole, DType type) {
        DenseWeight dense = new DenseWeight(whole, type);
        if (layout.form().misfit(torch, whole).isPresent()) {
          return dense;
        }
        try (NDManager scope = owner.newSubManager()) {
          long nonzero = SparseForm.BITMASK.of(torch, scope, whole).values().getShape().size();
          boolean smaller =
              layout.bytes(dense.outFeatures(), dense.inFeatures(), nonzero, type)
                  < dense.storedBytes();
          return smaller ? layout.form().of(torch, owner, whole) : dense;
        }
      }

      @Override
      public StoredWeight rounded(NDManager owner, NDArray values, DType type) {
        throw new NoPlaceException(
            "found --requantize, expected none: %s rounds nothing".formatted(label()));
      }
    };
  }
}
