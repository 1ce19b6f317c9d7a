package dev.assay.engine.calibration;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * The linears that a stage is to work on: those that a target fits, without those that an ignored
 * pattern fits. A pattern is the name of a linear within its layer ({@code mlp.down_proj}), or in
 * the model ({@code model.layers.0.mlp.down_proj}), with {@code *} for any characters; after {@code
 * re:} it is a regular expression of the whole name in the model.
 *
 * @param targets patterns; empty for all linears
 * @param ignore patterns
 */
public record Selection(
    @Default("[]") @Describe("linears to work on, by name or pattern; all if there are none")
        List<String> targets,
    @Default("[]") @Describe("linears to leave alone, by name or pattern") List<String> ignore) {
  /** Keys of the selection beside a stage's own parameters. */
  public static final List<String> KEYS = List.of("targets", "ignore");

  /** All linears. */
  public static final Selection ALL = new Selection(List.of(), List.of());

  private static final String REGEX = "re:";

  public Selection {
    targets = List.copyOf(targets);
    ignore = List.copyOf(ignore);
    require("targets", targets);
    require("ignore", ignore);
  }

  /** Whether it leaves nothing alone. */
  public boolean isAll() {
    return targets.isEmpty() && ignore.isEmpty();
  }

  private static void require(String key, List<String> patterns) {
    for (String pattern : patterns) {
      try {
        compiled(pattern);
      } catch (PatternSyntaxException e) {
        throw new InvalidValueException(
            key,
            "'" + pattern + "'",
            "a regular expression after re: (" + e.getDescription() + ")");
      }
    }
  }

  private static Pattern compiled(String pattern) {
    if (pattern.startsWith(REGEX)) {
      return Pattern.compile(pattern.substring(REGEX.length()));
    }
    return Pattern.compile(
        Arrays.stream(pattern.split("[*]", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*")));
  }

  /** A pattern, compiled. */
  private record Fit(String pattern, Pattern compiled) {
    static List<Fit> all(List<String> patterns) {
      return patterns.stream()
          .map(pattern -> new Fit(pattern, Selection.compiled(pattern)))
          .toList();
    }

    boolean fits(String local, String full) {
      return compiled.matcher(full).matches()
          || (!pattern.startsWith(REGEX) && compiled.matcher(local).matches());
    }
  }

  /** Both lists, compiled. */
  private record Fits(List<Fit> targets, List<Fit> ignore) {
    boolean selects(String local, String full) {
      return (targets.isEmpty() || targets.stream().anyMatch(target -> target.fits(local, full)))
          && ignore.stream().noneMatch(pattern -> pattern.fits(local, full));
    }
  }

  private Fits fits() {
    return new Fits(Fit.all(targets), Fit.all(ignore));
  }

  /**
   * Names, within the layer, of the linears of one that it selects.
   *
   * @throws BadInputException if it selects a part of a weight that several linears are stored in
   */
  public Set<String> of(Stack stack, int layer) {
    return of(fits(), stack, layer);
  }

  private static Set<String> of(Fits fits, Stack stack, int layer) {
    LayerLayout layout = stack.layer(layer).layout();
    Set<String> selected = new LinkedHashSet<>();
    layout
        .linears()
        .filter(name -> fits.selects(name, stack.names().inLayer(layer, name)))
        .forEach(selected::add);
    for (List<Linear> together : layout.stored().values()) {
      List<String> names = together.stream().map(Linear::name).toList();
      long some = names.stream().filter(selected::contains).count();
      if (some > 0 && some < names.size()) {
        throw new BadInputException(
            "targets and ignore: found a part of %s selected, expected all or nothing: they are stored as one weight, %s"
                .formatted(names, stack.names().inLayer(layer, together.get(0).tensor())));
      }
    }
    return selected;
  }

  /**
   * Makes sure that every pattern fits some linear, and that something is left to work on.
   *
   * @throws BadInputException if not
   */
  public void requireFits(ModelSpec spec) {
    Set<String> linears = new TreeSet<>();
    boolean any = false;
    Fits fits = fits();
    Set<Fit> unfit = new LinkedHashSet<>(fits.targets());
    unfit.addAll(fits.ignore());
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        any |= !of(fits, stack, layer).isEmpty();
        for (String name : stack.layer(layer).layout().names()) {
          linears.add(name);
          String full = stack.names().inLayer(layer, name);
          unfit.removeIf(pattern -> pattern.fits(name, full));
        }
      }
    }
    if (!unfit.isEmpty()) {
      throw new BadInputException(
          "targets and ignore: found '%s', which is no linear of the model; expected some of %s"
              .formatted(unfit.iterator().next().pattern(), linears));
    }
    if (!any) {
      throw new BadInputException(
          "targets and ignore: found no linear selected, expected some of " + linears);
    }
  }
}
