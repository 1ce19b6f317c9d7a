package dev.assay.engine.torch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * libtorch, started with a number of threads: the root of all native memory and the place where
 * scripts are compiled once. Closing it releases everything that was opened below.
 */
public final class TorchSession implements AutoCloseable {
  private final NDManager manager;
  private final int threads;
  private final Map<String, ScriptModule> scripts = new ConcurrentHashMap<>();
  private final Tensors tensors;

  private TorchSession(NDManager manager, int threads) {
    this.manager = manager;
    this.threads = threads;
    this.tensors = new Tensors(script(TorchSession.class, "tensor.py"));
  }

  /**
   * Starts libtorch on the CPU.
   *
   * @param threads intra-op threads, at least 1; the process has one such number
   */
  public static TorchSession open(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: found " + threads + ", expected at least 1");
    }
    DjlTelemetry.optOut();
    NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
    JniUtils.setNumThreads(threads);
    return new TorchSession(manager, threads);
  }

  /** The root manager; open a sub-manager for anything short-lived. */
  public NDManager manager() {
    return manager;
  }

  public int threads() {
    return threads;
  }

  public Tensors tensors() {
    return tensors;
  }

  /** The module of the scripts in resources beside a class, compiled at the first call. */
  public ScriptModule script(Class<?> anchor, String... resources) {
    return scripts.computeIfAbsent(
        anchor.getName() + ":" + String.join(",", resources),
        key -> ScriptModule.compileResources(manager, anchor, resources));
  }

  @Override
  public void close() {
    scripts.values().forEach(ScriptModule::close);
    scripts.clear();
    manager.close();
  }
}
