package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerView;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Scores the heads and channels of a layer.
 *
 * @param units what may go
 * @param score of the columns of the weights that read them
 * @param squared whether those of attention's output count squared, as FLAP has it
 */
record WidthScorer(Set<Unit> units, ChannelScore score, boolean squared) implements WidthLook {
  private static final int ATTENTION_OUT = 1;

  WidthScorer {
    units = Set.copyOf(units);
  }

  @Override
  public Set<Statistic> statistics() {
    return score.statistics();
  }

  @Override
  public SortedMap<Integer, WidthScores> scores(LayerSurvey survey) {
    SortedMap<Integer, WidthScores> scores = new TreeMap<>();
    survey.look(statistics(), layer -> scores.put(layer.position(), of(layer)));
    return scores;
  }

  /** Scores of a layer's units; none of those of which the stage leaves a linear alone. */
  WidthScores of(LayerView layer) {
    LayerSpec spec = layer.spec();
    int first = spec.firstFeedForward();
    double[] attention = new double[0];
    if (goes(Unit.HEADS, layer)) {
      attention = columns(layer, ATTENTION_OUT);
      for (int i = 0; squared && i < attention.length; i++) {
        attention[i] *= attention[i];
      }
    }
    List<double[]> channels = new ArrayList<>();
    if (goes(Unit.CHANNELS, layer)) {
      for (int group = first + 1; group < spec.layout().groups().size(); group += 2) {
        channels.add(columns(layer, group));
      }
    }
    return new WidthScores(spec, attention, channels);
  }

  private boolean goes(Unit unit, LayerView layer) {
    return units.contains(unit) && unit.goes(layer.spec(), layer.layout().names());
  }

  private double[] columns(LayerView layer, int index) {
    LinearGroup group = layer.spec().layout().groups().get(index);
    Linear reader = group.parts().get(0);
    ScriptModule script = layer.torch().script(WidthScorer.class, "width.py");
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray weight = layer.weight(reader.name());
      return WidthScores.doubles(scores(layer, group, script, scope, weight));
    }
  }

  private NDArray scores(
      LayerView layer, LinearGroup group, ScriptModule script, NDManager scope, NDArray weight) {
    if (score.statistics().isEmpty()) {
      return ChannelScore.magnitudes(script, scope, weight);
    }
    GroupStatistics inputs = layer.statistics(group);
    // An expert that one sample alone reached says nothing of how its inputs vary.
    boolean rare = score.varies() && inputs.sequences() < 2;
    boolean expert = layer.spec().layout().groups().indexOf(group) >= layer.spec().firstExpert();
    if (inputs.tooFew().isPresent() || rare && expert) {
      return ChannelScore.magnitudes(script, scope, weight);
    }
    if (rare) {
      throw new BadInputException(
          "found one calibration sample, expected at least two: what is told is how inputs vary from one to the next");
    }
    return score.of(script, scope, weight, inputs);
  }
}
