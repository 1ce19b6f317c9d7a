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

/**
 * A weight of a linear on a grid of which something is learned.
 *
 * @param quantizer a {@code rounding.Quantizer}
 * @param learned its tensors that are learned
 * @param columns inputs of the linear
 * @param form what is stored in the end
 */
record LearnedWeight(ModuleNode quantizer, List<Learned> learned, long columns, GridForm form) {
  LearnedWeight {
    learned = List.copyOf(learned);
  }

  /**
   * A tensor that is learned.
   *
   * @param initial its values at the beginning
   * @param nearest the number with which the weight is rounded to nearest over its whole range
   */
  record Learned(NDArray initial, double rate, double least, double greatest, double nearest) {}

  /** The same as a {@code linear.Linear}. */
  ModuleNode linear() {
    return module("LearnedLinear").with("quantizer", quantizer).with("columns", columns);
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
      ModuleNode root = linear();
      ScriptModule module = ScriptModule.load(scope, root.object());
      Map<String, NDArray> named = new LinkedHashMap<>();
      root.tensors().forEach((name, tensor) -> named.put("linear." + name, tensors.of(tensor)));
      try (ScriptValue dictionary = ScriptValue.tensors(named)) {
        module.run("load", dictionary, "linear");
      }
      List<NDArray> grid = module.callForList(owner, "stored");
      return QuantizedWeight.inOrder(owner, grid.get(0), grid.get(1), grid.get(2), form);
    }
  }
}
