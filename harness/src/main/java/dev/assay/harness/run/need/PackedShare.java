package dev.assay.harness.run.need;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a checkpoint stores packed of its linears, heads and tables of token vectors; by headers
 * alone.
 *
 * @param weights how many
 * @param bytes that they take
 * @param again bytes of tables that run in two forms or two stacks, which are there once more
 */
record PackedShare(long weights, long bytes, long again) {
  static final PackedShare NONE = new PackedShare(0, 0, 0);

  /** Codes of 4 and 8 bits, which kernels pack in ways of their own; as formats are called. */
  private static final Pattern REPACKED = Pattern.compile("int[48] .*|Q4_0|grid");

  static PackedShare of(Checkpoint checkpoint, ModelSpec architecture) {
    long weights = 0;
    long bytes = 0;
    for (String module : modules(architecture)) {
      if (isPacked(checkpoint, module)) {
        weights +=
            checkpoint.isPacked(module)
                ? checkpoint.packedWeights(module)
                : checkpoint.info(module + ".weight").elements();
        bytes += checkpoint.linearBytes(module);
      }
    }
    return new PackedShare(weights, bytes, again(checkpoint, architecture));
  }

  private static boolean isPacked(Checkpoint checkpoint, String module) {
    boolean there = checkpoint.isPacked(module) || checkpoint.has(module + ".weight");
    return there && !checkpoint.isDense(module);
  }

  private static long again(Checkpoint checkpoint, ModelSpec architecture) {
    long bytes = 0;
    Set<String> seen = new HashSet<>();
    for (Stack stack : architecture.stacks()) {
      String table = stack.names().embedding();
      if (isPacked(checkpoint, table)) {
        boolean twice =
            stack.spec().tiedHead() && REPACKED.matcher(checkpoint.format(table)).matches();
        long times = (seen.add(table) ? 0L : 1L) + (twice ? 1L : 0L);
        bytes += times * checkpoint.linearBytes(table);
      }
    }
    return bytes;
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
