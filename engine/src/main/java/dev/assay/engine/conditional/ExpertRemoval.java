package dev.assay.engine.conditional;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.model.FewerExperts;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Takes experts out of a layer, in whatever form their weights are stored. */
final class ExpertRemoval {
  private final WorkingModel model;
  private final StageContext context;
  private final Routed routed;

  ExpertRemoval(WorkingModel model, StageContext context, Routed routed) {
    this.model = model;
    this.context = context;
    this.routed = routed;
  }

  /** Takes them out, and says of what is gone why. */
  List<LinearOutcome> run(DropExpertsMethod.Choice choice) {
    List<Integer> kept =
        IntStream.range(0, routed.feedForward().experts())
            .filter(expert -> !choice.gone().contains(expert))
            .boxed()
            .toList();
    FewerExperts fewer = new FewerExperts(routed.spec(), kept);
    try (NDManager scope = context.torch().manager().newSubManager()) {
      LayerChanges changes = changes(scope, fewer);
      model.reshape(routed.stack(), routed.layer(), before -> fewer.layer());
      model.put(routed.stack(), routed.layer(), changes, JsonNodeFactory.instance.objectNode());
    }
    List<LinearOutcome> outcomes = new ArrayList<>();
    for (int expert : choice.gone()) {
      String why = Objects.requireNonNull(choice.why().get(expert));
      new FewerExperts(routed.spec(), List.of(expert))
          .origins()
          .values()
          .forEach(linear -> outcomes.add(gone(linear, why)));
    }
    return outcomes;
  }

  private LayerChanges changes(NDManager scope, FewerExperts fewer) {
    LayerWeights weights = model.layers(routed.stack());
    Map<String, NDArray> values = new LinkedHashMap<>();
    Map<String, StoredWeight> linears = new LinkedHashMap<>();
    String router =
        Objects.requireNonNull(routed.spec().layout().modules().get(LayerModule.ROUTER));
    NDArray rows =
        Objects.requireNonNull(weights.module(scope, routed.layer(), LayerModule.ROUTER), router);
    long[] kept = fewer.kept().stream().mapToLong(Integer::longValue).toArray();
    values.put(router, WeightRows.select(context.torch(), scope, rows, kept));
    fewer
        .origins()
        .forEach(
            (now, was) -> {
              if (!now.equals(was)) {
                linears.put(now.name(), weight(scope, weights, was));
                weights
                    .bias(scope, routed.layer(), was)
                    .ifPresent(bias -> values.put(now.biasName(), bias));
              }
            });
    return new LayerChanges(values, linears);
  }

  private StoredWeight weight(NDManager scope, LayerWeights weights, Linear linear) {
    return Objects.requireNonNull(
        weights.linears(scope, routed.layer(), List.of(linear)).get(linear.name()));
  }

  /** Nothing is left of it. */
  private LinearOutcome gone(Linear linear, String why) {
    int before =
        model.spec().stacks().subList(0, routed.stack()).stream()
            .mapToInt(stack -> stack.depth())
            .sum();
    return new LinearOutcome(
        before + routed.layer(),
        linear.name(),
        linear.outFeatures(),
        linear.inFeatures(),
        1,
        "weight",
        1,
        0,
        0,
        "dropped with its expert: " + why);
  }
}
