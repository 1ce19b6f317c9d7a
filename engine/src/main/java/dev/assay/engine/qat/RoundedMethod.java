package dev.assay.engine.qat;

import dev.assay.engine.cache.CachingLayers;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.List;
import java.util.Optional;

/** Trains a model whose linears are rounded as they will be stored. */
class RoundedMethod implements LessonMethod {
  private final RoundedPlan plan;
  private final Lesson lesson;

  RoundedMethod(RoundedPlan plan, Lesson lesson) {
    this.plan = plan;
    this.lesson = lesson;
  }

  static RoundedMethod of(QatParameters given) {
    return new RoundedMethod(given.plan(), given.lesson());
  }

  static RoundedMethod of(BitnetParameters given) {
    return new RoundedMethod(given.plan(), given.lesson());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(plan.rounding().form());
  }

  @Override
  public double storedBits(DType source) {
    GridForm form = plan.rounding().form();
    return GridForm.bitsPerWeight(form.bits(), form.groupSize());
  }

  @Override
  public boolean roundsInputs() {
    return plan.inputBits() != null;
  }

  @Override
  public boolean keepsCaches() {
    return plan.cache() != null;
  }

  @Override
  public boolean losesRounding() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    LessonMethod.super.requireFits(spec);
    CacheScheme cache = plan.cache();
    if (cache != null) {
      CachingLayers.require(spec, cache::requireFits);
    }
    if (plan.rounding().form().layout() != GridForm.Layout.BITNET) {
      return;
    }
    for (Stack stack : spec.stacks()) {
      for (LayerSpec layer : stack.layers()) {
        for (List<Linear> together : layer.layout().stored().values()) {
          if (together.size() > 1) {
            throw new BadInputException(
                "layout: found bitnet, expected grid: %s are stored as one weight, which has one magnitude in BitNet's layout"
                    .formatted(together.stream().map(Linear::name).toList()));
          }
        }
      }
    }
  }

  @Override
  public Lesson lesson() {
    return lesson;
  }

  @Override
  public long trained(ModelSpec spec) {
    return -1;
  }

  @Override
  public Trainee trainee(Trainee.Desk desk) {
    CacheScheme cache = plan.cache();
    if (cache != null) {
      // The model that is trained keeps keys and values as the artifact will.
      CachingLayers.keep(desk.model(), cache);
    }
    return new RoundedTrainee(desk, plan);
  }
}
