package dev.assay.engine.weight;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;

/** Modules of {@code input.py}. */
final class InputModules {
  private InputModules() {}

  /** One of a class, without its attributes. */
  static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(InputScheme.class, "input." + name));
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
}
