package dev.assay.harness.run.need;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a checkpoint stores packed of its linears, heads and tables of token vectors; by headers
 * alone.
 *
 * @param weights how many
 * @param bytes that they take
 */
record PackedShare(long weights, long bytes) {
  static final PackedShare NONE = new PackedShare(0, 0);

  static PackedShare of(Checkpoint checkpoint, ModelSpec architecture) {
    long weights = 0;
    long bytes = 0;
    for (String module : modules(architecture)) {
      boolean packed = checkpoint.isPacked(module);
      boolean there = packed || checkpoint.has(module + ".weight");
      if (there && !checkpoint.format(module).equals("dense")) {
        weights +=
            packed
                ? checkpoint.packedWeights(module)
                : checkpoint.info(module + ".weight").elements();
        bytes += checkpoint.linearBytes(module);
      }
    }
    return new PackedShare(weights, bytes);
  }

  private static Set<String> modules(ModelSpec architecture) {
    Set<String> modules = new TreeSet<>();
    for (Stack stack : architecture.stacks()) {
      modules.add(stack.names().embedding());
      modules.add(stack.names().head());
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String linear : stack.layer(layer).layout().stored().keySet()) {
          modules.add(stack.names().inLayer(layer, linear));
        }
      }
    }
    return modules;
  }
}
