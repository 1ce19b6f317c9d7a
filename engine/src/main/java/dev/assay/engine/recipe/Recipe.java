package dev.assay.engine.recipe;

import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.Choices;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.KernelInputs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a model is compressed: stages in order, with all their parameters.
 *
 * @param name the file's name without {@code .yaml}
 * @param summary one line for people
 * @param dtype dtype of the execution, where the recipe rather than the target decides it
 * @param activations what kernels of packed weights may do to activations, where the recipe rather
 *     than the target decides it
 * @param calibration what the stages are calibrated on
 * @param stages the steps in order; none for an uncompressed model
 */
public record Recipe(
    @Describe("the file's name without .yaml") String name,
    @Describe("one line for people") String summary,
    @Choices({"float32", "bfloat16", "float16"})
        @Describe("dtype of the execution, in place of the target's")
        @Nullable DType dtype,
    @Describe("what kernels may do to activations, in place of the target's")
        @Nullable KernelInputs activations,
    @Default("{}") @Describe("what the stages are calibrated on") Calibration calibration,
    @Default("[]") @Describe("the steps in order, each a stage's name and its parameters")
        List<Step> stages) {
  public Recipe {
    Require.that(!name.isBlank(), "name", "'" + name + "'", "a name");
    stages = List.copyOf(stages);
  }

  /** This recipe calibrated otherwise. */
  public Recipe with(Calibration other) {
    return new Recipe(name, summary, dtype, activations, other, stages);
  }

  /**
   * This recipe with the hashes of the models that its stages name.
   *
   * @param hashes sha256 over the tensors of a model, by its place
   * @throws dev.assay.engine.config.InvalidValueException if a stage says another
   */
  public Recipe identified(Function<Path, String> hashes) {
    NamedModels models = new NamedModels(hashes);
    List<Step> known =
        stages.stream()
            .map(step -> new Step(step.stage(), models.in(step.parameters()), step.selection()))
            .toList();
    return new Recipe(name, summary, dtype, activations, calibration, known);
  }

  /** The recipe with every default filled in, in one order of keys; reads back to an equal one. */
  public String toYaml() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", name);
    tree.put("summary", summary);
    tree.putAll(effect());
    return CanonicalYaml.write(tree);
  }

  /** All of {@link #toYaml} that changes figures: without name and summary. */
  public String canonical() {
    return CanonicalYaml.write(effect());
  }

  /** All of {@link #toYaml} that changes the artifact: without what the execution is. */
  public String compression() {
    Map<String, Object> tree = effect();
    tree.remove("dtype");
    tree.remove("activations");
    return CanonicalYaml.write(tree);
  }

  private Map<String, Object> effect() {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (dtype != null) {
      tree.put("dtype", dtype.label());
    }
    if (activations != null) {
      tree.put("activations", activations.label());
    }
    tree.put("calibration", CanonicalYaml.tree(calibration));
    tree.put(
        "stages", stages.stream().map(step -> Map.of(step.stage(), parameters(step))).toList());
    return tree;
  }

  /** The stage's parameters, and which linears it works on where those are not all. */
  private static Map<String, Object> parameters(Step step) {
    Map<String, Object> tree = new LinkedHashMap<>(CanonicalYaml.tree((Record) step.parameters()));
    if (!step.selection().isAll()) {
      tree.putAll(CanonicalYaml.tree(step.selection()));
    }
    return tree;
  }
}
