package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * TorchScript methods, callable with Java values. Calls run in inference mode. Arguments are {@link
 * NDArray}, {@link Long}, {@link Integer}, {@link Double}, {@link Boolean}, {@link String}, {@code
 * long[]}, a {@link List} of arrays, or prepared {@link ScriptValue}.
 */
public final class ScriptModule implements AutoCloseable {
  private final PtNDManager manager;
  private final PtSymbolBlock block;

  private ScriptModule(PtNDManager manager, PtSymbolBlock block) {
    this.manager = manager;
    this.block = block;
  }

  /**
   * Compiles TorchScript source.
   *
   * @param parent manager whose closing also closes the module
   * @param source methods, each {@code def name(self, …) -> T:} unindented; lines that begin with
   *     {@code #} are left out
   * @throws ai.djl.engine.EngineException if it does not compile
   */
  public static ScriptModule compile(NDManager parent, String source) {
    return load(parent, ScriptArchive.ofMethods(source));
  }

  /**
   * Loads a tree of modules; its tensors have to be loaded by name afterwards.
   *
   * @param parent manager whose closing also closes the module
   * @throws ai.djl.engine.EngineException if a class does not compile or lacks an attribute
   */
  public static ScriptModule load(NDManager parent, ScriptObject root) {
    return load(parent, ScriptArchive.bytes(root));
  }

  private static ScriptModule load(NDManager parent, byte[] archive) {
    PtNDManager manager = (PtNDManager) parent.newSubManager();
    try (InputStream in = new ByteArrayInputStream(archive)) {
      JniUtils.setGraphExecutorOptimize(false);
      return new ScriptModule(manager, JniUtils.loadModule(manager, in, false, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Compiles the concatenation of resources beside a class.
   *
   * @throws IllegalArgumentException if a resource is missing
   */
  public static ScriptModule compileResources(
      NDManager parent, Class<?> anchor, String... resources) {
    return compile(
        parent,
        Arrays.stream(resources)
            .map(resource -> ScriptSources.read(anchor, resource))
            .collect(Collectors.joining("\n")));
  }

  /**
   * Hands tensors to a tree's method {@code load}; it keeps them when their managers are closed.
   */
  public void load(Map<String, ? extends NDArray> tensors) {
    try (ScriptValue dictionary = ScriptValue.tensors(tensors)) {
      run("load", dictionary);
    }
  }

  /** Calls a method that returns a tensor, which the owner then closes. */
  public NDArray call(NDManager owner, String method, Object... arguments) {
    try (IValue result = invoke(method, arguments)) {
      return result.toTensor((PtNDManager) owner);
    }
  }

  /** Calls a method that returns a list or a tuple of tensors, which the owner then closes. */
  public List<NDArray> callForList(NDManager owner, String method, Object... arguments) {
    try (IValue result = invoke(method, arguments)) {
      IValue[] elements = result.isTuple() ? result.toIValueTuple() : result.toIValueArray();
      List<NDArray> tensors = new ArrayList<>(elements.length);
      for (IValue element : elements) {
        try (element) {
          tensors.add(element.toTensor((PtNDManager) owner));
        }
      }
      return tensors;
    }
  }

  /** Calls a method that returns a float. */
  public double callForDouble(String method, Object... arguments) {
    try (IValue result = invoke(method, arguments)) {
      return result.toDouble();
    }
  }

  /** Calls a method that returns an int. */
  public long callForLong(String method, Object... arguments) {
    try (IValue result = invoke(method, arguments)) {
      return result.toLong();
    }
  }

  /** Calls a method that returns a bool. */
  public boolean callForBoolean(String method, Object... arguments) {
    try (IValue result = invoke(method, arguments)) {
      return result.toBoolean();
    }
  }

  /** Calls a method that returns an object, which later calls can be given. */
  public ScriptValue callForValue(String method, Object... arguments) {
    return new ScriptValue(invoke(method, arguments));
  }

  /**
   * Calls a method of tensors that returns one, with autograd: its results can be differentiated,
   * and tensors that it makes be changed in place later, which is not so after other calls.
   */
  public NDArray callWithAutograd(NDManager owner, String method, NDArray... arguments) {
    return differentiable(owner, method, new NDList(arguments)).get(0);
  }

  /**
   * The same of a method whose first argument is a list of tensors, and that may return a list.
   *
   * @param list at least one tensor
   */
  public List<NDArray> callWithAutograd(
      NDManager owner, String method, List<NDArray> list, NDArray... arguments) {
    if (list.isEmpty()) {
      throw new IllegalArgumentException(method + ": found no tensors, expected at least 1");
    }
    // DJL makes a list of arrays whose names end so.
    list.forEach(array -> array.setName("list[]"));
    try {
      NDList all = new NDList(list);
      all.addAll(List.of(arguments));
      return differentiable(owner, method, all);
    } finally {
      list.forEach(array -> array.setName(null));
    }
  }

  private List<NDArray> differentiable(NDManager owner, String method, NDList arguments) {
    JniUtils.setGraphExecutorOptimize(false);
    try (NDManager scope = owner.newSubManager()) {
      // DJL calls the method that the last array's name says.
      NDArray selector = scope.create(0f);
      selector.setName("module_method:" + method);
      arguments.add(selector);
      JniUtils.setGradMode(true);
      try {
        NDList results = IValueUtils.forward(block, arguments, true);
        results.attach(owner);
        return List.copyOf(results);
      } finally {
        JniUtils.setGradMode(false);
      }
    }
  }

  /** Calls a method for its effect. */
  public void run(String method, Object... arguments) {
    invoke(method, arguments).close();
  }

  private IValue invoke(String method, Object... arguments) {
    // The optimising executor is switched per thread; it slows the first calls severalfold.
    JniUtils.setGraphExecutorOptimize(false);
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = toIValue(arguments[i]);
      }
      return IValueUtils.runMethod(block, method, values);
    } finally {
      for (int i = 0; i < arguments.length; i++) {
        if (values[i] != null && !(arguments[i] instanceof ScriptValue)) {
          values[i].close();
        }
      }
    }
  }

  private static IValue toIValue(Object argument) {
    if (argument instanceof NDArray array) {
      return IValue.from((PtNDArray) array);
    } else if (argument instanceof Long number) {
      return IValue.from(number);
    } else if (argument instanceof Integer number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Double number) {
      return IValue.from(number);
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag);
    } else if (argument instanceof String text) {
      return IValue.from(text);
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof ScriptValue prepared) {
      return prepared.value();
    } else if (argument instanceof List<?> list) {
      return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
    }
    throw new IllegalArgumentException(
        "no TorchScript counterpart of " + argument.getClass().getName());
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
