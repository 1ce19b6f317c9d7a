package dev.assay.engine.calibration;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a stage is to work on: what a target fits, without what an ignored pattern fits. A pattern,
 * see {@link NamePattern}, fits
 *
 * <ul>
 *   <li>a linear, by its name within the layer ({@code mlp.down_proj}) or in the model ({@code
 *       model.layers.0.mlp.down_proj}); behind {@code re:} only by the latter;
 *   <li>all linears of a layer, by the layer's name in the model ({@code model.layers.0}) or in any
 *       model ({@code layers.0}, {@code layers.0.mlp.down_proj});
 *   <li>the table of token vectors as {@code embedding}, the output layer as {@code head}. Those
 *       are worked on only where they are named so.
 * </ul>
 *
 * @param targets patterns; empty for all linears of the layers
 * @param ignore patterns
 */
public record Selection(
    @Default("[]")
        @Describe("linears or layers to work on, embedding, head; all linears if there are none")
        List<String> targets,
    @Default("[]") @Describe("linears or layers to leave alone, by name or pattern")
        List<String> ignore) {
  /** Keys of the selection beside a stage's own parameters. */
  public static final List<String> KEYS = List.of("targets", "ignore");

  /** All linears of the layers. */
  public static final Selection ALL = new Selection(List.of(), List.of());

  public Selection {
    targets = List.copyOf(targets);
    ignore = List.copyOf(ignore);
    patterns("targets", targets);
    patterns("ignore", ignore);
  }

  private static List<NamePattern> patterns(String key, List<String> texts) {
    return texts.stream().map(text -> NamePattern.of(key, text)).toList();
  }

  /** Whether it leaves nothing alone that stages work on unasked. */
  public boolean isAll() {
    return targets.isEmpty() && ignore.isEmpty();
  }

  /** Whether it names nothing of the layers. */
  public boolean isBeside() {
    return !targets.isEmpty()
        && targets.stream().allMatch(target -> Beside.words().anyMatch(target::equals));
  }

  /** Both lists, compiled. */
  private record Fits(List<NamePattern> targets, List<NamePattern> ignore) {
    boolean selects(List<String> names) {
      return (targets.isEmpty() || targets.stream().anyMatch(target -> fits(target, names)))
          && ignore.stream().noneMatch(pattern -> fits(pattern, names));
    }
  }

  private static boolean fits(NamePattern pattern, List<String> names) {
    // A regular expression is of a whole name, which the first is.
    boolean regex = pattern.text().startsWith("re:");
    return pattern.fits(regex ? names.stream().limit(REGEX_NAMES) : names.stream());
  }

  /** How many of the names regular expressions look at: those in the model. */
  private static final int REGEX_NAMES = 2;

  /** Names that a linear goes by: it and its layer in the model, then the short ones. */
  private static List<String> names(Stack stack, int layer, String linear) {
    return List.of(
        stack.names().inLayer(layer, linear),
        stack.names().layers() + "." + layer,
        linear,
        "layers." + layer,
        "layers." + layer + "." + linear);
  }

  private Fits fits() {
    return new Fits(patterns("targets", targets), patterns("ignore", ignore));
  }

  /** What stands beside the layers and is selected. */
  public Set<Beside> beside() {
    Set<Beside> selected = new LinkedHashSet<>();
    for (Beside which : Beside.values()) {
      if (targets.contains(which.word()) && !ignore.contains(which.word())) {
        selected.add(which);
      }
    }
    return selected;
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
    layout.linears().filter(name -> fits.selects(names(stack, layer, name))).forEach(selected::add);
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
   * Makes sure that every pattern fits something, and that something is left to work on.
   *
   * @throws BadInputException if not; it names what there is
   */
  public void requireFits(ModelSpec spec) {
    Set<String> linears = new TreeSet<>();
    boolean any = !beside().isEmpty();
    Fits fits = fits();
    Set<NamePattern> unfit = new LinkedHashSet<>(fits.targets());
    unfit.addAll(fits.ignore());
    unfit.removeIf(pattern -> Beside.words().anyMatch(pattern::says));
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        any |= !of(fits, stack, layer).isEmpty();
        for (String name : stack.layer(layer).layout().names()) {
          linears.add(name);
          List<String> names = names(stack, layer, name);
          unfit.removeIf(pattern -> fits(pattern, names));
        }
      }
    }
    beside().forEach(which -> which.requireIn(spec));
    if (!unfit.isEmpty()) {
      throw new BadInputException(
          "targets and ignore: found '%s', which is no linear of the model; expected some of %s"
                  .formatted(unfit.iterator().next().text(), linears)
              + ", one of the layers "
              + layers(spec)
              + ", or "
              + Beside.words().collect(Collectors.joining(" or ")));
    }
    if (!any) {
      throw new BadInputException(
          "targets and ignore: found no linear selected, expected some of " + linears);
    }
  }

  private static String layers(ModelSpec spec) {
    return spec.stacks().stream()
        .flatMap(
            stack ->
                Stream.of(
                    stack.names().layers()
                        + ".0 to "
                        + stack.names().layers()
                        + "."
                        + (stack.depth() - 1)))
        .collect(Collectors.joining(", "));
  }
}
