package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.List;

/** Which scripts make the layers of a shape, each a part of one transformer. */
final class LayerScripts {
  private LayerScripts() {}

  /** Resources beside this class, in an order in which each finds what it calls before it. */
  static List<String> of(DecoderSpec spec) {
    List<String> parts = new ArrayList<>();
    parts.add("/dev/assay/engine/linear/kernels.py");
    parts.add(spec.norm().kind().script());
    parts.add(
        spec.positions() instanceof Positions.Rotary rotary
            ? rotary.rope().pairs().script()
            : "rotate/none.py");
    parts.add(spec.feedForward().activation().script());
    parts.add(spec.feedForward().gated() ? "inner/gated.py" : "inner/plain.py");
    parts.add(spec.feedForward().experts() > 1 ? "feed/experts.py" : "feed/dense.py");
    parts.add(spec.attention().queryKeyNorm() ? "tune/norms.py" : "tune/none.py");
    parts.add("attend/heads.py");
    parts.add("attend/" + attend(spec) + ".py");
    parts.add("attention.py");
    parts.add(spec.residual().script());
    parts.add("embed.py");
    return parts;
  }

  private static String attend(DecoderSpec spec) {
    if (spec.attention().scoreCap() > 0) {
      return "capped";
    }
    if (spec.positions() instanceof Positions.Linear) {
      return "alibi";
    }
    boolean plain = spec.attention().causal() && !(spec.positions() instanceof Positions.Relative);
    return plain ? "causal" : "bias";
  }
}
