package dev.assay.engine.mixed;

import dev.assay.engine.weight.GridForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * Writes widths as an ordinary recipe, which names every linear and can be run again, changed and
 * extended.
 *
 * @param name of the recipe and its file
 * @param method {@code rtn}, {@code gptq} or {@code hqq}
 * @param groupSize columns that share a scale
 * @param embedding bits of the embedding, where it is rounded
 * @param head bits of the head, where it is rounded
 * @param calibration lines of the recipe's section, without their indentation; may be empty
 */
public record MixedRecipe(
    String name,
    String method,
    int groupSize,
    OptionalInt embedding,
    OptionalInt head,
    List<String> calibration) {
  /** Bits from which on a linear is left as it is. */
  private static final int DENSE = 2 * Byte.SIZE;

  public MixedRecipe {
    calibration = List.copyOf(calibration);
  }

  /**
   * The file's text.
   *
   * @param comments what there is to say of the search, a line each
   */
  public String text(Widths widths, List<String> comments) {
    List<String> lines = new ArrayList<>();
    comments.forEach(comment -> lines.add("# " + comment));
    lines.add("name: " + name);
    lines.add("summary: " + summary(widths));
    if (!calibration.isEmpty()) {
      lines.add("calibration:");
      calibration.forEach(line -> lines.add("  " + line));
    }
    lines.add(rounds(widths) ? "stages:" : "stages: []");
    SortedMap<Integer, List<String>> linears = widths.linears();
    for (Map.Entry<Integer, List<String>> each : linears.entrySet()) {
      if (each.getKey() < DENSE) {
        stage(lines, method, each.getKey(), each.getValue());
      }
    }
    String plain = method.equals("hqq") ? "hqq" : "rtn";
    embedding.ifPresent(bits -> stage(lines, plain, bits, List.of("embedding")));
    head.ifPresent(bits -> stage(lines, plain, bits, List.of("head")));
    return String.join("\n", lines) + "\n";
  }

  private boolean rounds(Widths widths) {
    return embedding.isPresent()
        || head.isPresent()
        || widths.linears().keySet().stream().anyMatch(bits -> bits < DENSE);
  }

  private String summary(Widths widths) {
    if (!rounds(widths)) {
      return "The model as it is, which the budget has room for";
    }
    List<String> bits =
        widths.linears().keySet().stream()
            .filter(each -> each < DENSE)
            .map(String::valueOf)
            .toList();
    String groups = groupSize == GridForm.PER_CHANNEL ? "a scale a row" : "groups of " + groupSize;
    if (bits.isEmpty()) {
      return "Linears as they are, which the budget has room for; others in " + groups;
    }
    return String.format(
        Locale.ROOT,
        "%s with %s bits by linear, %.2f on average, in %s",
        method.toUpperCase(Locale.ROOT),
        String.join(", ", bits),
        widths.meanBits(),
        groups);
  }

  private void stage(List<String> lines, String stage, int bits, List<String> targets) {
    lines.add("  - " + stage + ":");
    lines.add("      bits: " + bits);
    lines.add("      groupSize: " + groupSize);
    lines.add("      targets:");
    targets.forEach(target -> lines.add("        - " + target));
  }
}
