package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.GridTensors;
import dev.assay.engine.weight.LinearModules;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import java.util.stream.LongStream;

/** Holds token vectors that are looked up in a packed table against dequantised ones. */
final class TableCheck {
  private static final long ROWS = 256;

  private final TorchSession torch;
  private final Execution execution;
  private final LinearPreparer preparer;

  TableCheck(TorchSession torch, Execution execution, LinearPreparer preparer) {
    this.torch = torch;
    this.execution = execution;
    this.preparer = preparer;
  }

  /** How the vectors of a table are looked up; nothing where it runs value by value. */
  Optional<KernelUse> use(StoredWeight table) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return preparer.codes(scope, table).map(codes -> compare(scope, table, codes));
    }
  }

  private KernelUse compare(NDManager scope, StoredWeight table, GridTensors codes) {
    long all = table.outFeatures();
    long some = Math.min(all, ROWS);
    // From the first to the last, evenly spaced.
    long[] ids =
        LongStream.range(0, some).map(i -> i * (all - 1) / Math.max(1, some - 1)).toArray();
    // A model has linears, whose script the table's needs; this one changes nothing.
    NDArray identity = scope.eye(Math.toIntExact(table.inFeatures()));
    var vectors =
        Scripts.module("embedding.ProjectedEmbedding")
            .with("base", EmbeddingTree.tokens(codes, execution.dtype()))
            .with(
                "project_in",
                LinearModules.dense(torch.tensors().cast(scope, identity, execution.dtype())));
    var root = Scripts.module("calibration.Embedded").with("embedding", vectors);
    ScriptModule module = ScriptModule.load(scope, root.object());
    RunningTree.load(module, root.tensors());
    NDArray found =
        module
            .call(scope, "forward", scope.create(ids, new Shape(1, some)))
            .reshape(some, table.inFeatures());
    NDArray exact = table.rows(torch, scope, ids).dequantize(torch, scope);
    double difference =
        torch
            .script(KernelCheck.class, "kernel_check.py")
            .callForDouble("difference", found, exact, 0L, table.inFeatures());
    return new KernelUse(
        "grid-rows",
        "int%d packed, rows dequantised as they are looked up".formatted(codes.bits()),
        "token ids, to " + execution.dtype().label(),
        1,
        1,
        difference);
  }
}
