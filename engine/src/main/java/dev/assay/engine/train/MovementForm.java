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
 * Lets some weights of linears run and others not, as masks say that may change from step to step.
 * Weights may have scores, which are learned as if all of them ran: the loss moves a score up where
 * the weight moves away from 0, and down where it moves towards it.
 *
 * @see <a href="https://arxiv.org/abs/2005.07683">Sanh et al. 2020, movement pruning</a>
 */
public final class MovementForm implements LinearForm {
  private final NDManager owner;
  private final LinearForm others;
  private final Predicate<String> masked;
  private final boolean scored;
  private final boolean mixed;
  private final Map<String, NDArray> scores = new LinkedHashMap<>();
  private final Map<String, NDArray> masks = new LinkedHashMap<>();

  /**
   * @param owner of scores, which begin at 0, and masks, which begin at 1
   * @param others form of linears without masks
   * @param masked tells by the full names of weights which have one
   * @param scored whether those have scores too
   * @param mixed whether their products are of bfloat16
   */
  public MovementForm(
      NDManager owner, LinearForm others, Predicate<String> masked, boolean scored, boolean mixed) {
    this.owner = owner;
    this.others = others;
    this.masked = masked;
    this.scored = scored;
    this.mixed = mixed;
  }

  @Override
  public ModuleNode of(String name, NDArray weight) {
    if (!masked.test(name)) {
      return others.of(name, weight);
    }
    NDArray mask = masks.computeIfAbsent(name, each -> filled(weight, 1));
    if (!scored) {
      return module("MaskedLinear", weight, mask, mixed);
    }
    NDArray own = scores.computeIfAbsent(name, each -> filled(weight, 0));
    return module(weight, own, mask, mixed);
  }

  private NDArray filled(NDArray like, float value) {
    try (NDManager scope = owner.newSubManager()) {
      return Leaves.copy(owner, scope.full(like.getShape(), value));
    }
  }

  /** A linear of weights with scores, a {@code linear.Linear}. */
  static ModuleNode module(NDArray weight, NDArray scores, NDArray mask, boolean mixed) {
    return module("MovementLinear", weight, mask, mixed).with("scores", scores);
  }

  private static ModuleNode module(String type, NDArray weight, NDArray mask, boolean mixed) {
    return new ModuleNode(ScriptClass.of(MovementForm.class, "movement." + type))
        .with("weight", weight)
        .with("mask", mask)
        .with("mixed", mixed);
  }

  @Override
  public boolean owns(NDArray tensor) {
    return others.owns(tensor) || holds(masks, tensor) || holds(scores, tensor);
  }

  private static boolean holds(Map<String, NDArray> tensors, NDArray tensor) {
    return tensors.values().stream().anyMatch(each -> each == tensor);
  }

  /** The scores by the full names of weights, float32 [out, in]; none where none are learned. */
  public Map<String, NDArray> scores() {
    return scores;
  }

  /** The masks by the full names of weights, float32 [out, in]: 1 where a weight runs, else 0. */
  public Map<String, NDArray> masks() {
    return masks;
  }
}
