package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;

/**
 * Relational distillation: how the sequences of a batch lie to each other. Distances of two, over
 * their mean, and angles of three, by Huber's loss. Widths may differ.
 *
 * @param distance weight of distances
 * @param angle weight of angles
 * @param pooling which state stands for a sequence
 * @see <a href="https://arxiv.org/abs/1904.05068">Park et al. 2019, RKD</a>
 */
public record Relational(
    @Default("1") @Describe("weight of distances of two sequences") double distance,
    @Default("2") @Describe("weight of angles of three sequences") double angle,
    @Default("mean") @Describe("which state stands for a sequence") Pooling pooling)
    implements StateForm {
  public Relational {
    Numbers.notNegative("distance", distance);
    Numbers.notNegative("angle", angle);
    Require.that(distance + angle > 0, "distance", distance, "above 0 where angle is 0");
  }

  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    StateMatch pair = only(pairs);
    return TermModule.learned(
        TermBuild.node("rkd.Rkd")
            .with("student", pair.student())
            .with("teacher", pair.teacher())
            .with("pooling", pooling.code())
            .with("distance", distance)
            .with("angle", angle)
            .with("attended", tokens.attended()));
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.LAST;
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    only(pairs);
  }
}
