package dev.assay.harness.run.worker;

import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What thresholds of early exits gave on calibration text, for a result. */
final class ExitNotes {
  private ExitNotes() {}

  /** A line for the one that is taken, and one for each that was tried; none without exits. */
  static List<String> of(Stack stack) {
    EarlyExits exits = stack.exits();
    if (exits == null) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "early exits: after layers %s by %s at %.4g; calibration's tokens, decoded, went through %.3f of %d layers and %.3f heads",
            exits.exits().stream().map(EarlyExits.Exit::after).toList(),
            exits.measure().name().toLowerCase(Locale.ROOT),
            exits.threshold(),
            exits.meanLayers(stack.depth()),
            stack.depth(),
            exits.meanHeads(stack.depth())));
    exits
        .curve()
        .forEach(
            point ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "early exits at %.4g: perplexity %.4f, %.3f layers, %.4g FLOPs a token but for attention (calibration text, keys and values of all layers)",
                        point.threshold(),
                        point.perplexity(),
                        point.meanLayers(),
                        point.flops())));
    return lines;
  }
}
