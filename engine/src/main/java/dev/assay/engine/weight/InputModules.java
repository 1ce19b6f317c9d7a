package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;

/**
 * Modules of {@code input.py} and of the scripts beside it, and what their attributes have to be.
 */
final class InputModules {
  private InputModules() {}

  /** One of a class in {@code input.py}, without its attributes. */
  static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(InputScheme.class, "input." + name));
  }

  /** One of a class in {@code integer_input.py}. */
  static ModuleNode integer(String name) {
    return new ModuleNode(ScriptClass.of(InputScheme.class, "integer_input." + name));
  }

  /** One of a class in {@code float_input.py}. */
  static ModuleNode float8(String name) {
    return new ModuleNode(ScriptClass.of(InputScheme.class, "float_input." + name));
  }

  /** One of a class in {@code block_input.py}. */
  static ModuleNode blocks(String name) {
    return new ModuleNode(ScriptClass.of(InputScheme.class, "block_input." + name));
  }

  /**
   * Makes sure that codes of a width can be computed with.
   *
   * @throws IllegalArgumentException if not
   */
  static void requireBits(int bits) {
    int most = 16;
    if (bits < 2 || bits > most) {
      throw new IllegalArgumentException("bits: found " + bits + ", expected 2 to " + most);
    }
  }

  /** Makes sure that a scale is a positive number. */
  static void requireScale(double scale) {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("scale: found " + scale + ", expected above 0");
    }
  }

  /** Makes sure that a type is one of small floats. */
  static void requireFloat8(DType type) {
    if (type.bytes() != 1 || !type.isFloating()) {
      throw new IllegalArgumentException(
          "type: found " + type.safetensorsName() + ", expected F8_E4M3 or F8_E5M2");
    }
  }

  /** Makes sure that features stay where they are. */
  static void requireStill(String key, InputScheme scheme) {
    if (scheme.turns()) {
      throw new IllegalArgumentException(
          key + ": found " + scheme.words() + ", expected no rotation of features");
    }
  }
}
