package dev.assay.engine.conditional;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.SeenExperts;
import dev.assay.engine.torch.ScriptModule;
import java.util.List;

/** What the router of a layer makes of a sample's tokens. */
final class RoutingScript {
  private final SeenExperts seen;
  private final ScriptModule script;
  private final NDArray logits;
  private final int each;

  RoutingScript(SeenExperts seen) {
    this.seen = seen;
    this.script = seen.torch().script(RoutingScript.class, "experts.py");
    this.logits = script.call(seen.scope(), "logits", seen.input(), seen.router());
    this.each = seen.spec().feedForward().expertsPerToken();
  }

  /** Of each expert tokens that chose it, then probabilities, then shares, summed over tokens. */
  double[] usage() {
    return script.call(seen.scope(), "usage", logits, each).toDoubleArray();
  }

  /** The shares of experts without some, [tokens, experts]. */
  NDArray shares(List<Integer> gone) {
    int left = seen.spec().feedForward().experts() - gone.size();
    long[] indices = gone.stream().mapToLong(Integer::longValue).toArray();
    return script.call(seen.scope(), "shares", logits, Math.min(each, left), indices);
  }

  /** Frobenius norm of what changes in the experts' output by other shares. */
  double change(List<NDArray> outputs, NDArray before, NDArray after) {
    return script.callForDouble("change", outputs, before, after);
  }

  /** Experts that tokens go through altogether, where they skip some. */
  long taken(double below) {
    return script.callForLong("taken", logits, each, below);
  }
}
