package dev.assay.engine.calibration;

import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.Optional;
import java.util.Set;

/** A method that compresses decoder layers one by one, working from their self-description. */
public interface CompressionMethod {
  /** What it wants to know of inputs; empty if it needs no calibration. */
  Set<Statistic> statistics();

  /** What the next layer's calibration inputs come from. */
  default Propagation propagation() {
    return Propagation.COMPRESSED;
  }

  /**
   * The type in which weights that stay dense are stored.
   *
   * @param source the type in which the checkpoint stores them
   */
  default DType storedType(DType source) {
    return source;
  }

  /**
   * Bits that the weights of linears will take, scales and zeros included; roughly, for forecasts.
   *
   * @param source the type in which the checkpoint stores them
   */
  default double storedBits(DType source) {
    return storedType(source).bytes() * 8.0;
  }

  /** The form that it wants quantized linears in; nothing where it quantizes none. */
  default Optional<GridForm> grid() {
    return Optional.empty();
  }

  /** Compresses a layer by storing every linear that it changes. */
  void compress(LayerContext layer);
}
