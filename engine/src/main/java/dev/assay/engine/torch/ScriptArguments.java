package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * A list of tensors or of numbers that is handed over to libtorch once and then passed to many
 * calls. Holds native memory until it is closed.
 */
public final class ScriptArguments implements AutoCloseable {
  private final IValue value;

  private ScriptArguments(IValue value) {
    this.value = value;
  }

  /** A {@code List[Tensor]}. */
  public static ScriptArguments tensors(List<? extends NDArray> tensors) {
    return new ScriptArguments(
        IValue.listFrom(tensors.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new)));
  }

  /** A {@code List[int]}. */
  public static ScriptArguments integers(long... numbers) {
    return new ScriptArguments(IValue.listFrom(numbers));
  }

  /** A {@code List[float]}. */
  public static ScriptArguments numbers(double... numbers) {
    return new ScriptArguments(IValue.listFrom(numbers));
  }

  IValue value() {
    return value;
  }

  @Override
  public void close() {
    value.close();
  }
}
