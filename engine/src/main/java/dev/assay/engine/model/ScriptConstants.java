package dev.assay.engine.model;

import dev.assay.engine.torch.ScriptArguments;

/**
 * The numbers that the scripts take for a stack's shape, handed over to libtorch once.
 *
 * @param dims see {@code attention.py}
 * @param nums see {@code attention.py}
 * @param windows one a layer
 */
record ScriptConstants(ScriptArguments dims, ScriptArguments nums, ScriptArguments windows)
    implements AutoCloseable {

  static ScriptConstants of(Stack stack) {
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
            attention.windows().stream().mapToLong(Integer::longValue).toArray()));
  }

  @Override
  public void close() {
    dims.close();
    nums.close();
    windows.close();
  }
}
