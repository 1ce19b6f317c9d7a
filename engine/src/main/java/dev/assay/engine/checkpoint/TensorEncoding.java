package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.gguf.Adjustment;
import dev.assay.engine.checkpoint.gguf.GgmlType;

/** How the bytes of a tensor stand for its elements. */
public sealed interface TensorEncoding {
  /** The elements themselves. */
  TensorEncoding PLAIN = new Plain();

  /** What is hashed of it, empty for plain ones. */
  String label();

  /** The elements themselves, little-endian and row-major. */
  record Plain() implements TensorEncoding {
    @Override
    public String label() {
      return "";
    }
  }

  /**
   * A tensor of a GGUF file.
   *
   * @param type its type there; quantized ones are dequantised to float32
   * @param adjustment what makes it Hugging Face's
   */
  record Gguf(GgmlType type, Adjustment adjustment) implements TensorEncoding {
    @Override
    public String label() {
      boolean plain = !type.quantized() && adjustment instanceof Adjustment.None;
      return plain ? "" : " gguf " + type + " " + adjustment.label();
    }
  }
}
