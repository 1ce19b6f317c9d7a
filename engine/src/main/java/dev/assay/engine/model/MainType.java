package dev.assay.engine.model;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.torch.DType;

/** The type of a model's numbers. */
public final class MainType {
  private MainType() {}

  /** The one that its configuration names, or else that of its linears. */
  public static DType of(Checkpoint checkpoint, Stack stack) {
    String linear = stack.layer(0).layout().parts().findFirst().orElseThrow().tensor();
    return checkpoint
        .declaredType()
        .orElseGet(() -> checkpoint.valueType(stack.names().inLayer(0, linear)));
  }
}
