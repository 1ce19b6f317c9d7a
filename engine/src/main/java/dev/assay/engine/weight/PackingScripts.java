package dev.assay.engine.weight;

import dev.assay.engine.torch.ScriptModule;

/** The scripts that bring weights into the forms that libtorch's kernels take. */
final class PackingScripts {
  private PackingScripts() {}

  static ScriptModule of(KernelRuntime runtime) {
    return runtime.torch().script(PackingScripts.class, "packing.py");
  }
}
