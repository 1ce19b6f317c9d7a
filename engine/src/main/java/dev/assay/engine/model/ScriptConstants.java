package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptArguments;
import dev.assay.engine.torch.Tensors;
import java.util.List;

/**
 * The numbers that the scripts take for a stack's shape, handed over to libtorch once.
 *
 * @param dims see {@code attention.py}
 * @param nums see {@code attention.py}
 * @param windows one a layer
 * @param extra biases of scores where the shape alone makes them, otherwise an empty tensor
 */
record ScriptConstants(
    ScriptArguments dims, ScriptArguments nums, ScriptArguments windows, ScriptArguments extra)
    implements AutoCloseable {

  static ScriptConstants of(NDManager owner, Stack stack) {
    DecoderSpec spec = stack.spec();
    AttentionSpec attention = spec.attention();
    FeedForwardSpec feedForward = spec.feedForward();
    int groups = stack.layout().groups().size();
    int offset = spec.positions() instanceof Positions.Learned learned ? learned.offset() : 0;
    return new ScriptConstants(
        ScriptArguments.integers(
            attention.heads(),
            attention.keyValueHeads(),
            attention.headDimension(),
            spec.layers(),
            WeightTable.tensorsOfLayer(groups),
            WeightTable.formsOfLayer(groups),
            feedForward.experts(),
            feedForward.expertsPerToken(),
            groups - 2L * feedForward.experts(),
            offset),
        ScriptArguments.numbers(
            spec.norm().epsilon(),
            attention.scale(),
            attention.scoreCap(),
            spec.head().cap(),
            spec.embedding().scale(),
            spec.head().inputScale()),
        ScriptArguments.integers(
            attention.windows().stream().mapToLong(Integer::longValue).toArray()),
        ScriptArguments.tensors(List.of(biases(owner, spec))));
  }

  private static NDArray biases(NDManager owner, DecoderSpec spec) {
    if (spec.positions() instanceof Positions.Linear linear) {
      Alibi alibi = linear.alibi();
      return Tensors.of(
          owner, alibi.table(spec.contextLength()), alibi.heads(), spec.contextLength());
    }
    return owner.create(new float[0]);
  }

  @Override
  public void close() {
    dims.close();
    nums.close();
    windows.close();
    extra.close();
  }
}
