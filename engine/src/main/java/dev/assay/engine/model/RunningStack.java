package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/** A stack with its weights, ready to run. Holds native memory until it is closed. */
final class RunningStack implements AutoCloseable {
  private final NDManager manager;
  private final Stack stack;
  private final Execution execution;
  private final ScriptModule script;
  private final LoadedWeights weights;
  private final PositionTables positions;
  private final ScriptConstants constants;
  private final NDArray none;

  private RunningStack(
      TorchSession torch,
      NDManager manager,
      Stack stack,
      Execution execution,
      LoadedWeights weights) {
    this.manager = manager;
    this.stack = stack;
    this.execution = execution;
    this.weights = weights;
    List<String> scripts = new ArrayList<>(LayerScripts.of(stack.spec()));
    scripts.add("language_model.py");
    this.script = torch.script(RunningStack.class, scripts.toArray(String[]::new));
    this.positions = new PositionTables(torch, manager, stack.spec(), execution.dtype());
    this.constants = ScriptConstants.of(stack);
    this.none = manager.create(new float[0]);
  }

  static RunningStack load(
      TorchSession torch, Checkpoint checkpoint, Stack stack, Execution execution) {
    NDManager manager = torch.manager().newSubManager();
    try {
      LoadedWeights weights = LoadedWeights.load(torch, manager, checkpoint, stack, execution);
      return new RunningStack(torch, manager, stack, execution, weights);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  NDManager manager() {
    return manager;
  }

  Stack stack() {
    return stack;
  }

  PositionTables positions() {
    return positions;
  }

  LoadedWeights weights() {
    return weights;
  }

  /** What the first layer takes in; {@code types} may be empty. */
  NDArray embed(NDManager owner, NDArray ids, NDArray types) {
    positions.requireWithin(ids.getShape().get(1));
    return script.call(
        owner,
        "embed",
        ids,
        types,
        0L,
        weights.tensors(),
        constants.dims(),
        constants.nums(),
        execution.dtype().scriptCode());
  }

  /**
   * What a layer makes of its input, without a past.
   *
   * @param surroundings what it sees beside its input
   */
  NDArray layer(NDManager owner, int index, NDArray input, LayerSurroundings surroundings) {
    PositionTables.Tables tables = positions.of(input.getShape().get(1));
    return script.call(
        owner,
        "one_layer",
        input,
        (long) index,
        weights.tensors(),
        weights.forms(),
        constants.dims(),
        constants.nums(),
        weights.limits(),
        tables.cosines(),
        tables.sines(),
        constants.windows(),
        extra(tables, surroundings));
  }

  /** The last layer's output after the final norm, of tokens without a past. */
  NDArray run(NDManager owner, NDArray ids, LayerSurroundings surroundings) {
    return pass(owner, "body", ids, 0, none, none, surroundings);
  }

  /** Logits of tokens without a past, in the arithmetic's type. */
  NDArray logits(NDManager owner, NDArray ids) {
    return pass(owner, "logits", ids, 0, none, none, LayerSurroundings.NONE);
  }

  /**
   * Tokens that follow those in a cache, through all layers.
   *
   * @param method {@code body}, {@code logits} or {@code next_token}
   */
  NDArray pass(
      NDManager owner,
      String method,
      NDArray ids,
      long position,
      NDArray keys,
      NDArray values,
      LayerSurroundings surroundings) {
    PositionTables.Tables tables = positions.of(position + ids.getShape().get(1));
    return script.call(
        owner,
        method,
        ids,
        position,
        keys,
        values,
        weights.tensors(),
        weights.forms(),
        constants.dims(),
        constants.nums(),
        weights.limits(),
        tables.cosines(),
        tables.sines(),
        constants.windows(),
        extra(tables, surroundings));
  }

  /**
   * −log p of all tokens but the first, float32 [sequences, tokens − 1].
   *
   * @param rows of logits that stand in memory at once
   */
  NDArray losses(NDManager owner, NDArray ids, long rows) {
    PositionTables.Tables tables = positions.of(ids.getShape().get(1));
    return script.call(
        owner,
        "losses",
        ids,
        rows,
        weights.tensors(),
        weights.forms(),
        constants.dims(),
        constants.nums(),
        weights.limits(),
        tables.cosines(),
        tables.sines(),
        constants.windows(),
        tables.biases());
  }

  NDArray finalNorm(NDManager owner, NDArray output) {
    return script.call(owner, "final_norm", output, weights.tensors(), constants.nums());
  }

  NDArray head(NDManager owner, NDArray normed) {
    return script.call(
        owner,
        "head",
        normed,
        weights.tensors(),
        weights.forms(),
        constants.nums(),
        weights.limits());
  }

  private static Object extra(PositionTables.Tables tables, LayerSurroundings surroundings) {
    return surroundings.tensors().isEmpty() ? tables.biases() : surroundings.tensors();
  }

  @Override
  public void close() {
    positions.close();
    constants.close();
    weights.close();
    manager.close();
  }
}
