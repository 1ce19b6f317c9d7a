package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/**
 * Lowers an objective step by step. A step is one call into libtorch: bounds, loss, gradients, the
 * least loss so far with the parameters that gave it, and the move. Its tensors are copies of those
 * that the objective was built with. Holds native memory until it is closed.
 *
 * <p>The same objective, parameters, optimizer and batches give the same values to the last bit.
 */
public final class Trainer implements AutoCloseable {
  private static final String ROOT = "objective";

  private final NDManager manager;
  private final ScriptModule script;
  private final List<Parameter> parameters;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final Schedule schedule;
  private final double decay;
  private int steps;

  /**
   * @param objective a {@code train.Objective}
   * @param parameters which of its tensors are learned; the others stay as they are
   * @param keepsBest whether the parameters of the least loss of a batch are remembered
   * @throws IllegalArgumentException if the objective has no such tensor
   */
  public Trainer(
      TorchSession torch,
      ModuleNode objective,
      List<Parameter> parameters,
      Optimizer optimizer,
      Schedule schedule,
      boolean keepsBest) {
    this.parameters = List.copyOf(parameters);
    this.schedule = schedule;
    this.decay = optimizer.weightDecay();
    this.manager = torch.manager().newSubManager();
    try {
      ModuleNode root =
          new ModuleNode(ScriptClass.of(Trainer.class, "train.Training"))
              .with(ROOT, objective)
              .with("optimizer", optimizer.module())
              .with("parameters", new Attribute.NoTensors())
              .with("best", new Attribute.NoTensors())
              .without("bounds")
              .with("keeps_best", keepsBest)
              .with("least", Double.POSITIVE_INFINITY)
              .with("count", 0)
              .with("best_step", -1);
      objective.tensors().forEach((name, tensor) -> tensors.put(name, own(tensor)));
      requirePresent();
      this.script = ScriptModule.load(manager, root.object());
      Map<String, NDArray> named = new LinkedHashMap<>();
      tensors.forEach((name, tensor) -> named.put(ROOT + "." + name, tensor));
      script.load(named);
      watch();
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** What scripts make outside of training cannot be saved for a backward pass; copies can. */
  private NDArray own(NDArray tensor) {
    NDArray copy = tensor.duplicate();
    copy.attach(manager);
    return copy;
  }

  private void requirePresent() {
    for (Parameter parameter : parameters) {
      if (!tensors.containsKey(parameter.name())) {
        throw new IllegalArgumentException(
            "found no tensor '"
                + parameter.name()
                + "' to be learned, expected one of "
                + new TreeSet<>(tensors.keySet()));
      }
    }
  }

  private void watch() {
    List<NDArray> learned = new ArrayList<>();
    double[] bounds = new double[2 * parameters.size()];
    for (int i = 0; i < parameters.size(); i++) {
      NDArray tensor = parameter(parameters.get(i).name());
      tensor.setRequiresGradient(true);
      learned.add(tensor);
      bounds[2 * i] = parameters.get(i).least();
      bounds[2 * i + 1] = parameters.get(i).greatest();
    }
    try (NDManager scope = manager.newSubManager()) {
      script.run("watch", learned, scope.create(bounds, new Shape(parameters.size(), 2)));
    }
  }

  /**
   * Makes a step.
   *
   * @param batch what the objective takes
   * @return the terms of the loss before the step, whose sum is lowered
   */
  public double[] step(List<NDArray> batch) {
    double factor = schedule.factor(steps++);
    try (NDManager scope = manager.newSubManager()) {
      double[] rates =
          parameters.stream()
              .flatMapToDouble(each -> DoubleStream.of(factor * each.rate(), decay))
              .toArray();
      NDArray all = scope.create(rates, new Shape(parameters.size(), 2));
      return script.callWithAutograd(scope, "step", batch, all).get(0).toDoubleArray();
    }
  }

  /** The gradients of the loss by parameter, without a step; 0 where it has none. */
  public Map<String, NDArray> gradients(NDManager owner, List<NDArray> batch) {
    List<NDArray> found = script.callWithAutograd(owner, "gradients", batch);
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      gradients.put(parameters.get(i).name(), found.get(i));
    }
    return gradients;
  }

  /** The terms of the loss as the parameters are. */
  public double[] losses(List<NDArray> batch) {
    try (NDManager scope = manager.newSubManager()) {
      return script.call(scope, "losses", batch).toDoubleArray();
    }
  }

  /** Steps made. */
  public int steps() {
    return steps;
  }

  /** The step, from 0, before which the loss of a batch was least; −1 if none was finite. */
  public int bestStep() {
    return (int) script.callForLong("best_of");
  }

  /** Goes back to the parameters of {@link #bestStep}; does nothing if there is none. */
  public void restoreBest() {
    script.run("restore");
  }

  /**
   * A tensor of the objective as it is now.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public NDArray parameter(String name) {
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("found no tensor '" + name + "'");
    }
    return tensor;
  }

  /** Gives a tensor of the objective other values, of its shape. */
  public void put(String name, NDArray values) {
    script.run("put", parameter(name), values);
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
