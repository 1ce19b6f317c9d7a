package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * All tokens of a call treated as if they were one: their result depends on which others come
 * along. For models that other tools made so.
 *
 * @param whole what is done to them
 */
public record JointInput(InputScheme whole) implements InputScheme {
  static final String NAME = "joint";

  public JointInput {
    InputModules.requireStill("whole", whole);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean rounds() {
    return whole.rounds();
  }

  @Override
  public String words() {
    return whole.words() + ", all tokens of a call as one";
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = InputScheme.super.json();
    json.set("whole", whole.json());
    return json;
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("JointInput").with("whole", whole.module(owner, runtime));
  }
}
