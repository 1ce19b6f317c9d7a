package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value that is in libtorch's hands and can be passed to many calls: a list or a dictionary of
 * tensors, or an object that a call returned. Holds native memory until it is closed.
 */
public final class ScriptValue implements AutoCloseable {
  private final IValue value;

  ScriptValue(IValue value) {
    this.value = value;
  }

  /** A {@code List[Tensor]}. */
  public static ScriptValue tensors(List<? extends NDArray> tensors) {
    return new ScriptValue(
        IValue.listFrom(tensors.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new)));
  }

  /** A {@code Dict[str, Tensor]}. */
  public static ScriptValue tensors(Map<String, ? extends NDArray> tensors) {
    Map<String, PtNDArray> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, (PtNDArray) tensor));
    return new ScriptValue(IValue.stringMapFrom(values));
  }

  IValue value() {
    return value;
  }

  @Override
  public void close() {
    value.close();
  }
}
