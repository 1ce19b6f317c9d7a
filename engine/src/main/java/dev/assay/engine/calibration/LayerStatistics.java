package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.weight.PlainInput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What calibration told of the inputs of a layer's groups, for as long as it is needed. */
final class LayerStatistics {
  private final NDManager scope;
  private final LayerLayout whole;
  private final LayerLayout selected;
  private final StatisticsGatherer gatherer;
  private final Factors factors;
  private final Map<LinearGroup, GroupStatistics> known = new HashMap<>();
  private final Map<String, Long> tokens = new HashMap<>();
  private NDManager owner;

  /**
   * @param whole all groups of the layer
   * @param selected those that the method sees, each a part of one of all
   */
  LayerStatistics(
      NDManager scope, LayerLayout whole, LayerLayout selected, StatisticsGatherer gatherer) {
    this(scope, whole, selected, gatherer, Factors.NONE);
  }

  /**
   * The same where factors stand in the place of some linears.
   *
   * @param whole all groups of the layer as the method would see them
   * @param factors those that do
   */
  LayerStatistics(
      NDManager scope,
      LayerLayout whole,
      LayerLayout selected,
      StatisticsGatherer gatherer,
      Factors factors) {
    this.scope = scope;
    this.factors = factors;
    this.whole = whole;
    this.selected = selected;
    this.gatherer = gatherer;
    this.owner = scope.newSubManager();
  }

  /** Index of the whole group that a selected one is part of. */
  int indexOf(LinearGroup group) {
    return whole.groups().indexOf(all(group));
  }

  private LinearGroup all(LinearGroup group) {
    String first = group.linears().get(0);
    return whole.groups().stream()
        .filter(candidate -> candidate.linears().contains(first))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no group has " + first));
  }

  /** Those of a group, gathered at the first call together with those of others. */
  GroupStatistics of(LinearGroup group, LayerSpec spec, LayerState state) {
    GroupStatistics told = known.get(all(group));
    if (told != null) {
      return told;
    }
    List<LinearGroup> others =
        selected.groups().stream()
            .filter(other -> !isStored(other, state))
            .map(this::all)
            .filter(other -> factors.together(all(group), other, state.stored().keySet()))
            .toList();
    return gather(group, others, spec, state);
  }

  /** Those of a group alone, gathered anew. */
  GroupStatistics now(LinearGroup group, LayerSpec spec, LayerState state) {
    forget();
    return gather(group, List.of(), spec, state);
  }

  private GroupStatistics gather(
      LinearGroup group, List<LinearGroup> others, LayerSpec spec, LayerState state) {
    requireOneInput(group, spec);
    known.putAll(
        gatherer.gather(
            owner,
            spec,
            state.values(),
            all(group),
            others,
            (each, which, inputs) ->
                factors.input(each, which, spec.layout(), inputs, state.factorValues())));
    known.forEach((each, told) -> each.linears().forEach(name -> tokens.put(name, told.tokens())));
    return Objects.requireNonNull(known.get(all(group)), "what was asked for");
  }

  /**
   * Where the inputs of a group are treated apart, what is told is the input as it comes, which is
   * right for linears that take it so.
   */
  private void requireOneInput(LinearGroup group, LayerSpec spec) {
    long schemes = inLayer(all(group)).map(name -> spec.linear(name).input()).distinct().count();
    boolean plain =
        inLayer(group).allMatch(name -> spec.linear(name).input() instanceof PlainInput);
    if (schemes > 1 && !plain) {
      throw new IllegalArgumentException(
          group.linears() + ": found inputs that are treated apart, expected one scheme for all");
    }
  }

  /** Names of a group's linears, those that factors are of in place of the factors. */
  private Stream<String> inLayer(LinearGroup group) {
    return group.linears().stream().flatMap(name -> factors.of(name).stream());
  }

  /** Frees all. */
  void forget() {
    known.clear();
    owner.close();
    owner = scope.newSubManager();
  }

  /** Frees those of a group. */
  void free(LinearGroup group) {
    Optional.ofNullable(known.remove(all(group))).ifPresent(GroupStatistics::close);
  }

  /** Frees those of groups whose selected linears are all stored. */
  void freeStored(LayerState state) {
    for (LinearGroup group : selected.groups()) {
      if (isStored(group, state)) {
        free(group);
      }
    }
  }

  private static boolean isStored(LinearGroup group, LayerState state) {
    return state.stored().keySet().containsAll(group.linears());
  }

  /** How many calibration tokens a linear's input showed, if it was looked at. */
  @Nullable Long tokens(String linear) {
    return tokens.get(linear);
  }

  /** The Hessian of a linear's input, if it is known. */
  @Nullable NDArray hessian(String linear) {
    for (Map.Entry<LinearGroup, GroupStatistics> entry : known.entrySet()) {
      if (entry.getKey().linears().contains(linear) && entry.getValue().has(Statistic.HESSIAN)) {
        return entry.getValue().hessian();
      }
    }
    return null;
  }
}
