package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Parameter;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.train.Trainer;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer whose linears' grids are learned together, so that its output on the calibration
 * sequences comes close to the one that it has with the weights as they are. Holds native memory
 * until it is closed.
 */
final class LayerLearning implements AutoCloseable {
  private final NDManager manager;
  private final Map<String, LearnedWeight> weights = new LinkedHashMap<>();
  private final ModuleNode objective;
  private final LayerSequences sequences;
  private final Trainer trainer;

  /**
   * @param sequences which are closed by whoever made them
   * @param linears whose grids are learned
   * @param keepsBest whether the step of the least loss is remembered
   */
  LayerLearning(
      LayerContext layer,
      LayerSequences sequences,
      Collection<String> linears,
      GridLearner learner,
      Optimizer optimizer,
      Schedule schedule,
      boolean keepsBest) {
    this.manager = layer.scope().newSubManager();
    this.sequences = sequences;
    try {
      for (String linear : linears) {
        weights.put(
            linear,
            learner.weight(layer.torch(), manager, layer.weight(linear), layer.storedType(linear)));
      }
      Map<String, ModuleNode> modules = new LinkedHashMap<>();
      weights.forEach((linear, weight) -> modules.put(linear, weight.linear()));
      this.objective =
          LearnedWeight.module("LayerObjective")
              .with("layer", layer.differentiable(manager, modules));
      List<Parameter> parameters = new ArrayList<>();
      weights.values().forEach(weight -> parameters.addAll(weight.parameters(objective)));
      this.trainer =
          new Trainer(layer.torch(), objective, parameters, optimizer, schedule, keepsBest);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Owner of tensors that live no longer than this. */
  NDManager manager() {
    return manager;
  }

  /** Number of calibration sequences. */
  int sequences() {
    return sequences.count();
  }

  /** What is learned. */
  Trainer trainer() {
    return trainer;
  }

  /** What a linear's weight has been built from. */
  LearnedWeight weight(String linear) {
    LearnedWeight weight = weights.get(linear);
    if (weight == null) {
      throw new IllegalArgumentException(linear + " is not learned");
    }
    return weight;
  }

  /** The name of what a tensor that was given at the beginning becomes. */
  String name(NDArray initial) {
    return objective.nameOf(initial);
  }

  /** What a tensor given at the beginning is now. */
  NDArray now(NDArray initial) {
    return trainer.parameter(name(initial));
  }

  /**
   * Makes a step on some sequences.
   *
   * @return the loss before it
   */
  double step(int[] which) {
    try (NDManager scope = manager.newSubManager()) {
      return trainer.step(sequences.batch(scope, which))[0];
    }
  }

  /** Gradients on some sequences, by {@link #name}. */
  Map<String, NDArray> gradients(NDManager owner, int[] which) {
    try (NDManager scope = manager.newSubManager()) {
      return trainer.gradients(owner, sequences.batch(scope, which));
    }
  }

  /**
   * The loss on all sequences.
   *
   * @param batch sequences that go through the layer at once
   */
  double loss(int batch) {
    return loss(0, batch);
  }

  /**
   * The loss on the sequences from one on.
   *
   * @param first the one
   */
  double loss(int first, int batch) {
    double sum = 0;
    for (int start = first; start < sequences(); start += batch) {
      int[] which = Order.range(start, Math.min(sequences(), start + batch));
      try (NDManager scope = manager.newSubManager()) {
        sum += which.length * trainer.losses(sequences.batch(scope, which))[0];
      }
    }
    return sum / (sequences() - first);
  }

  /** Lets every grid round to nearest over its whole range. */
  void toNearest() {
    for (LearnedWeight weight : weights.values()) {
      for (LearnedWeight.Learned each : weight.learned()) {
        Double nearest = each.nearest();
        if (nearest == null) {
          trainer.put(name(each.initial()), each.initial());
          continue;
        }
        try (NDArray values = each.initial().mul(0).add(nearest.floatValue())) {
          trainer.put(name(each.initial()), values);
        }
      }
    }
  }

  /** Values of what is learned, by name, to come back to. */
  Map<String, NDArray> copies(NDManager owner) {
    Map<String, NDArray> copies = new LinkedHashMap<>();
    for (LearnedWeight weight : weights.values()) {
      for (LearnedWeight.Learned each : weight.learned()) {
        NDArray copy = now(each.initial()).duplicate();
        copy.attach(owner);
        copies.put(name(each.initial()), copy);
      }
    }
    return copies;
  }

  /** Goes back to copies. */
  void restore(Map<String, NDArray> copies) {
    copies.forEach(trainer::put);
  }

  /** A linear's weight as it is stored, owned by {@code owner}. */
  QuantizedWeight stored(NDManager owner, String linear) {
    return weight(linear).stored(owner, this::now);
  }

  @Override
  public void close() {
    trainer.close();
    manager.close();
  }
}
