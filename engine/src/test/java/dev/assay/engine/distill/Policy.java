package dev.assay.engine.distill;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;

/** MiniLLM's functions, callable. */
final class Policy {
  private Policy() {}

  /**
   * @param pad id that prompts are padded with on the left, and answers on the right; their end
   */
  static ScriptModule load(NDManager scope, MiniLlmPolicy policy, long pad) {
    ModuleNode root =
        new ModuleNode(ScriptClass.of(Policy.class, "policy.Policy"))
            .with("policy", policy.module())
            .with("pad", pad);
    return ScriptModule.load(scope, root.object());
  }
}
