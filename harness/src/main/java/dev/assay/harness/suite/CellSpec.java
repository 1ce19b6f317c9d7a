package dev.assay.harness.suite;

import dev.assay.engine.hub.HubSnapshot;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelInputs;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One cell of a suite, with nothing left open.
 *
 * @param suite name of the suite
 * @param model the checkpoint as the suite names it
 * @param modelPath where the checkpoint was found, or the configuration of a synthetic one; of one
 *     on the hub, its reference until {@link LoadedSuite#withHubModels}
 * @param commit commit of a model of the hub; null for others, and until then
 * @param recipe the recipe, calibrated as the suite says and seeded
 * @param target where it runs
 * @param measures what is measured of it
 * @param seed seed of every random choice
 * @param baseline whether ratios are taken against it
 */
public record CellSpec(
    String suite,
    SuiteModel model,
    Path modelPath,
    @Nullable String commit,
    Recipe recipe,
    SuiteTarget target,
    Measures measures,
    long seed,
    boolean baseline) {
  /** Model, recipe and target, unique in the suite: {@code ref-7m/gptq-w4-g128/cpu}. */
  public String name() {
    return model.name() + "/" + recipe.name() + "/" + target.name();
  }

  CellSpec with(HubSnapshot found) {
    return new CellSpec(
        suite, model, found.path(), found.commit(), recipe, target, measures, seed, baseline);
  }

  /** The same with the hashes of the models that its recipe names. */
  public CellSpec with(Recipe identified) {
    return new CellSpec(
        suite, model, modelPath, commit, identified, target, measures, seed, baseline);
  }

  /** Type of the execution: the recipe's if it has one, else the target's. */
  public DType dtype() {
    return recipe.dtype() == null ? target.dtype() : recipe.dtype();
  }

  /** What kernels may do to activations: the recipe's if it says it, else the target's. */
  public KernelInputs activations() {
    return recipe.activations() == null ? target.activations() : recipe.activations();
  }

  /** How the cell runs where it is timed: packed weights where kernels exist. */
  public Execution execution() {
    return Execution.packed(target.device().torch(), dtype(), activations());
  }
}
