package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Runs of features treated each as if it were a token; a last shorter one as if zeros followed.
 *
 * @param groupSize features of a run
 * @param each what is done to a run
 */
public record GroupedInput(int groupSize, InputScheme each) implements InputScheme {
  static final String NAME = "grouped";

  public GroupedInput {
    if (groupSize < 1) {
      throw new IllegalArgumentException("groupSize: found " + groupSize + ", expected at least 1");
    }
    InputModules.requireStill("each", each);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean rounds() {
    return each.rounds();
  }

  @Override
  public void requireFits(long width) {
    try {
      each.requireFits(groupSize);
    } catch (IllegalArgumentException e) {
      throw SchemeKeys.within("each", e);
    }
  }

  @Override
  public String words() {
    return each.words() + " in groups of " + groupSize;
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = InputScheme.super.json().put("groupSize", groupSize);
    json.set("each", each.json());
    return json;
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("GroupedInput")
        .with("size", groupSize)
        .with("each", each.module(owner, runtime));
  }
}
