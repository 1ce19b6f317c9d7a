package dev.assay.engine.run;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;

/** The classes that models run as, in the scripts beside this class. */
final class Scripts {
  private Scripts() {}

  /** A module of a class such as {@code norm.RmsNorm}. */
  static ModuleNode module(String qualified) {
    return new ModuleNode(ScriptClass.of(Scripts.class, qualified));
  }
}
