package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.RunnableTable;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import java.util.stream.LongStream;

/** Holds token vectors that are looked up in a packed table against dequantised ones. */
final class TableCheck {
  private static final long ROWS = 256;

  private final TorchSession torch;
  private final LinearPreparer preparer;

  TableCheck(TorchSession torch, LinearPreparer preparer) {
    this.torch = torch;
    this.preparer = preparer;
  }

  /** How the vectors of a table are looked up; nothing where it runs value by value. */
  Optional<KernelUse> use(StoredWeight table) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return preparer.table(scope, table).map(rows -> compare(scope, table, rows));
    }
  }

  private KernelUse compare(NDManager scope, StoredWeight table, RunnableTable rows) {
    long all = table.outFeatures();
    long some = Math.min(all, ROWS);
    // From the first to the last, evenly spaced.
    long[] ids =
        LongStream.range(0, some).map(i -> i * (all - 1) / Math.max(1, some - 1)).toArray();
    var root = Scripts.module("calibration.Embedded").with("embedding", rows.module());
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(root.tensors());
    NDArray found =
        module
            .call(scope, "forward", scope.create(ids, new Shape(1, some)))
            .reshape(some, table.inFeatures());
    NDArray exact = table.rows(torch, scope, ids).dequantize(torch, scope);
    double difference =
        torch
            .script(KernelCheck.class, "kernel_check.py")
            .callForDouble("difference", found, exact, 0L, table.inFeatures());
    String activations = "token ids, to " + preparer.dtype().label();
    return new KernelUse(rows.kernel(), rows.form(), activations, 1, 1, difference);
  }
}
