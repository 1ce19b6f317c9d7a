package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** What is done to an input, as a module by itself. */
public final class RunningInput {
  private RunningInput() {}

  /** A scheme without tensors, in float32. */
  public static ScriptModule load(TorchSession torch, NDManager owner, InputScheme scheme) {
    Execution execution = Execution.packed(torch.device(), DType.FLOAT32);
    KernelRuntime runtime = new KernelRuntime(torch, execution, CpuKernels.ANY);
    return ScriptModule.load(owner, scheme.module(owner, runtime).object());
  }
}
