package dev.assay.engine.weight;

import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** The scripts that bring weights into the forms that libtorch's kernels take. */
public final class PackingScripts {
  private PackingScripts() {}

  static ScriptModule of(KernelRuntime runtime) {
    return of(runtime.torch());
  }

  /** The same. */
  public static ScriptModule of(TorchSession torch) {
    return torch.script(PackingScripts.class, "packing.py");
  }
}
