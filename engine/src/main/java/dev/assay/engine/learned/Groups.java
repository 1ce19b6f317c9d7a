package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;

/** A weight in groups of consecutive inputs, and the range of each. */
final class Groups {
  private final ScriptModule script;
  private final NDManager owner;
  private final NDArray weight;

  /**
   * @param owner of what is made
   * @param weight float32 [out, in]
   * @param groupSize or {@link GridForm#PER_CHANNEL}
   */
  Groups(TorchSession torch, NDManager owner, NDArray weight, int groupSize) {
    this.script = script(torch);
    this.owner = owner;
    long columns = weight.getShape().get(1);
    long size = groupSize == GridForm.PER_CHANNEL ? columns : groupSize;
    this.weight = script.call(owner, "grouped", weight, size);
  }

  static ScriptModule script(TorchSession torch) {
    return torch.script(Groups.class, "groups.py");
  }

  /** The weight, float32 [out, groups, size]; a short last group is filled up. */
  NDArray weight() {
    return weight;
  }

  /**
   * Least values, float32 [out, groups, 1].
   *
   * @param withZero whether 0 counts as one
   */
  NDArray least(boolean withZero) {
    return script.call(owner, "least", weight, withZero);
  }

  /** Greatest values, likewise. */
  NDArray greatest(boolean withZero) {
    return script.call(owner, "greatest", weight, withZero);
  }

  /** A number for each group, float32 [out, groups, 1]. */
  NDArray each(double value) {
    return script.call(owner, "filled", least(false), value);
  }

  /** A number for each weight, float32 [out, groups, size]. */
  NDArray everywhere(double value) {
    return script.call(owner, "filled", weight, value);
  }
}
