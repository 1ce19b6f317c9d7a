package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** A tensor that scripts change in place, and the count of what went into it. */
final class RunningTensor implements AutoCloseable {
  private final NDManager manager;
  private final ScriptModule script;
  private final NDArray tensor;
  private final long inFeatures;
  private long sequences;
  private long tokens;

  RunningTensor(TorchSession torch, long inFeatures, DType type, long... shape) {
    this.manager = torch.manager().newSubManager();
    this.script = script(torch);
    this.tensor = torch.tensors().zeros(manager, type, shape);
    this.inFeatures = inFeatures;
  }

  static ScriptModule script(TorchSession torch) {
    return torch.script(RunningTensor.class, "accumulate.py");
  }

  /** Runs a method of the tensor and a batch, and counts the batch afterwards. */
  void update(String method, NDArray inputs) {
    count(inputs);
    script.call(manager, method, tensor, inputs).close();
  }

  /** The same for a method that takes a number too. */
  void update(String method, NDArray inputs, long number) {
    count(inputs);
    script.call(manager, method, tensor, inputs, number).close();
  }

  /** The same for a method that also takes the number of sequences before and after. */
  void updateMean(String method, NDArray inputs) {
    long before = sequences;
    count(inputs);
    script.call(manager, method, tensor, inputs, before, sequences).close();
  }

  /** The same for a method that also changes another tensor, and takes the number before alone. */
  void updateBeside(String method, RunningTensor other, NDArray inputs) {
    long before = sequences;
    count(inputs);
    script.call(manager, method, tensor, other.tensor, inputs, before).close();
  }

  private void count(NDArray inputs) {
    Shape shape = requireInputs(inputs, inFeatures);
    sequences += shape.dimension() == 3 ? shape.get(0) : 1;
    tokens += shape.size() / inFeatures;
  }

  static Shape requireInputs(NDArray inputs, long inFeatures) {
    Shape shape = inputs.getShape();
    int axes = shape.dimension();
    if ((axes != 2 && axes != 3) || shape.get(axes - 1) != inFeatures || shape.size() == 0) {
      throw new IllegalArgumentException(
          "inputs: found %s, expected [tokens, %2$d] or [sequences, tokens, %2$d]"
              .formatted(shape, inFeatures));
    }
    return shape;
  }

  /**
   * The tensor.
   *
   * @throws IllegalStateException if nothing was added
   */
  NDArray get() {
    if (tokens == 0) {
      throw new IllegalStateException("no calibration input was added");
    }
    return tensor;
  }

  long sequences() {
    return sequences;
  }

  long tokens() {
    return tokens;
  }

  @Override
  public void close() {
    manager.close();
  }
}
