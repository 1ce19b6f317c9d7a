package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Gives each weight of linears a score, by which it runs or not: the loss moves a score up where
 * the weight moves away from 0, and down where it moves towards it. What runs is a share that all
 * linears have in common and that changes from step to step.
 *
 * @see <a href="https://arxiv.org/abs/2005.07683">Sanh et al. 2020, movement pruning</a>
 */
public final class MovementForm implements LinearForm {
  private final NDManager owner;
  private final LinearForm others;
  private final Predicate<String> scored;
  private final NDArray kept;
  private final Map<String, NDArray> scores = new LinkedHashMap<>();

  /**
   * @param owner of the scores, which begin at 0
   * @param others form of linears without scores
   * @param scored tells by the full names of weights which have some
   */
  public MovementForm(NDManager owner, LinearForm others, Predicate<String> scored) {
    this.owner = owner;
    this.others = others;
    this.scored = scored;
    try (NDManager scope = owner.newSubManager()) {
      this.kept = Leaves.copy(owner, scope.create(1f));
    }
  }

  @Override
  public ModuleNode of(String name, NDArray weight) {
    if (!scored.test(name)) {
      return others.of(name, weight);
    }
    NDArray own = scores.computeIfAbsent(name, each -> zeros(weight));
    return module(weight, own, kept);
  }

  private NDArray zeros(NDArray like) {
    try (NDManager scope = owner.newSubManager()) {
      return Leaves.copy(owner, scope.zeros(like.getShape()));
    }
  }

  /**
   * A linear of weights with scores, a {@code linear.Linear}.
   *
   * @param kept one number, the share of weights that run
   */
  static ModuleNode module(NDArray weight, NDArray scores, NDArray kept) {
    return new ModuleNode(ScriptClass.of(MovementForm.class, "movement.MovementLinear"))
        .with("weight", weight)
        .with("scores", scores)
        .with("kept", kept);
  }

  @Override
  public boolean owns(NDArray tensor) {
    return tensor == kept || others.owns(tensor) || scores.containsValue(tensor);
  }

  /** The scores by the full names of weights. */
  public Map<String, NDArray> scores() {
    return scores;
  }

  /** Lets another share of weights run. */
  public void keep(double share) {
    try (NDManager scope = owner.newSubManager()) {
      scope.create((float) share).copyTo(kept);
    }
  }
}
