package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Optional;

/**
 * A weight that is stored in blocks of a type that no kernel here takes, dequantised when loaded.
 *
 * @param values float32 [out, in]
 * @param type name of the stored type, for example {@code Q6_K}
 * @param storedBytes bytes of the blocks
 */
public record BlockWeight(NDArray values, String type, long storedBytes) implements StoredWeight {
  public BlockWeight {
    Shape shape = values.getShape();
    if (shape.dimension() != 2) {
      throw new IllegalArgumentException("a linear weight is [out, in], found " + shape);
    }
    if (storedBytes < 1) {
      throw new IllegalArgumentException(
          "storedBytes: found " + storedBytes + ", expected at least 1");
    }
  }

  @Override
  public String format() {
    return type;
  }

  /** GGUF alone has its blocks, which are not written into checkpoints. */
  @Override
  public Optional<DenseWeight> dense() {
    return Optional.of(new DenseWeight(values, DType.FLOAT32));
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
    return torch.tensors().copy(owner, values);
  }
}
