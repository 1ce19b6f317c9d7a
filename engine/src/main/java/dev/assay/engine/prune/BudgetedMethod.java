package dev.assay.engine.prune;

import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Prunes by another method, of which a look at the model says what each layer gives. */
abstract class BudgetedMethod implements PlannedMethod {
  /** Share of all weights that goes. */
  final double sparsity;

  /** The method, given what goes from each layer. */
  final Function<LayerBudgets, LayerwiseMethod> pruning;

  /** The same where all layers give alike. */
  final LayerwiseMethod alike;

  BudgetedMethod(Sparsity sparsity, Function<LayerBudgets, LayerwiseMethod> pruning) {
    this.sparsity = sparsity.ratio();
    this.pruning = pruning;
    this.alike = pruning.apply(LayerBudgets.alike(sparsity));
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return alike.misfit(out, in);
  }

  @Override
  public double storedBits(DType source) {
    return alike.storedBits(source);
  }

  @Override
  public Optional<GridForm> grid() {
    return alike.grid();
  }

  /**
   * The method where layers give what a look has said.
   *
   * @param budgets by the positions of all that it goes through
   */
  final LayerwiseMethod giving(Map<Integer, Sparsity> budgets) {
    return pruning.apply(layer -> Optional.ofNullable(budgets.get(layer)).orElseThrow());
  }
}
