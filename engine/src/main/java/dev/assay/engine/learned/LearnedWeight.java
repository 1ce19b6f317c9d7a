package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;
import dev.assay.engine.train.Parameter;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A weight of a linear on a grid of which something is learned, or that is learned with its grid.
 *
 * @param linear the same as a {@code linear.Linear}, which says too what is {@code stored} of it
 * @param learned its tensors that are learned
 * @param form what is stored in the end
 */
record LearnedWeight(ModuleNode linear, List<Learned> learned, GridForm form) {
  LearnedWeight {
    learned = List.copyOf(learned);
  }

  /**
   * A tensor that is learned.
   *
   * @param initial its values at the beginning
   * @param nearest the number with which the weight is rounded to nearest over its whole range;
   *     null where the values at the beginning do that
   */
  record Learned(
      NDArray initial, double rate, double least, double greatest, @Nullable Double nearest) {
    /** One without bounds, with which the weight is rounded to nearest at the beginning. */
    static Learned free(NDArray initial, double rate) {
      return new Learned(initial, rate, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, null);
    }
  }

  /**
   * One of which only the grid is learned.
   *
   * @param quantizer a {@code rounding.Quantizer}
   * @param columns inputs of the linear
   */
  static LearnedWeight of(
      ModuleNode quantizer, List<Learned> learned, long columns, GridForm form) {
    return new LearnedWeight(
        module("LearnedLinear").with("quantizer", quantizer).with("columns", columns),
        learned,
        form);
  }

  /** A module of a class in {@code learned.py}. */
  static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(LearnedWeight.class, "learned." + name));
  }

  /** A module of a class in {@code rounding.py}. */
  static ModuleNode rounding(String name) {
    return new ModuleNode(ScriptClass.of(LearnedWeight.class, "rounding." + name));
  }

  /** What is learned, by the names that an objective around it loads it under. */
  List<Parameter> parameters(ModuleNode objective) {
    return learned.stream()
        .map(
            each ->
                new Parameter(
                    objective.nameOf(each.initial()), each.rate(), each.least(), each.greatest()))
        .toList();
  }

  /** The weight by tensors that have been learned. */
  interface Tensors {
    /** What a tensor that was given at the beginning has become. */
    NDArray of(NDArray initial);
  }

  /** The weight as it is stored, its tensors owned by {@code owner}. */
  QuantizedWeight stored(NDManager owner, Tensors tensors) {
    try (NDManager scope = owner.newSubManager()) {
      ScriptModule module = ScriptModule.load(scope, linear.object());
      Map<String, NDArray> named = new LinkedHashMap<>();
      linear.tensors().forEach((name, tensor) -> named.put("linear." + name, tensors.of(tensor)));
      try (ScriptValue dictionary = ScriptValue.tensors(named)) {
        module.run("load", dictionary, "linear");
      }
      List<NDArray> grid = module.callForList(owner, "stored");
      return QuantizedWeight.inOrder(owner, grid.get(0), grid.get(1), grid.get(2), form);
    }
  }
}
