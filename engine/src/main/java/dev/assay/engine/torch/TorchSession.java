package dev.assay.engine.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * libtorch on a device, started with a number of threads: the root of all native memory and the
 * place where scripts are compiled once. Closing it releases everything that was opened below.
 */
public final class TorchSession implements AutoCloseable {
  private final NDManager manager;
  private final TorchDevice device;
  private final int threads;
  private final Map<String, ScriptModule> scripts = new ConcurrentHashMap<>();
  private final Map<ScriptObject, ScriptModule> objects = new ConcurrentHashMap<>();
  private final IdleModules idle;
  private final Tensors tensors;

  private TorchSession(NDManager manager, TorchDevice device, int threads) {
    this.manager = manager;
    this.device = device;
    this.threads = threads;
    this.idle = new IdleModules(manager);
    this.tensors = new Tensors(script(TorchSession.class, "tensor.py"), device);
  }

  /**
   * Starts libtorch.
   *
   * @param device where tensors of the root manager, and of all managers below, are made
   * @param threads intra-op threads, at least 1; the process has one such number
   * @throws IllegalArgumentException if there is no such device
   */
  public static TorchSession open(TorchDevice device, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: found " + threads + ", expected at least 1");
    }
    DjlTelemetry.optOut();
    Engine engine = Engine.getEngine("PyTorch");
    requirePresent(engine, device);
    NDManager manager = engine.newBaseManager(device.toDjl());
    JniUtils.setNumThreads(threads);
    return new TorchSession(manager, device, threads);
  }

  private static void requirePresent(Engine engine, TorchDevice device) {
    if (!(device instanceof TorchDevice.Cuda cuda)) {
      return;
    }
    int there = engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    if (cuda.index() >= there) {
      throw new IllegalArgumentException(
          "device: found %s, expected cpu or one of the %d CUDA devices that libtorch sees"
              .formatted(device.label(), there));
    }
  }

  /** The root manager; open a sub-manager for anything short-lived. */
  public NDManager manager() {
    return manager;
  }

  /** Where its tensors are. */
  public TorchDevice device() {
    return device;
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

  /** The module of an object without tensors, loaded at the first call. */
  public ScriptModule script(ScriptObject object) {
    return objects.computeIfAbsent(object, key -> ScriptModule.load(manager, key));
  }

  /**
   * A tree of modules for the caller alone, its tensors yet to be loaded; compiled unless one of
   * the same structure was closed lately.
   *
   * @param root with a method {@code load(self, tensors: Dict[str, Tensor])}, the only state of
   *     whose modules, but for what callers set anew, are the tensors that it takes
   * @throws ai.djl.engine.EngineException if a class does not compile or lacks an attribute
   */
  public LoadedModule module(ScriptObject root) {
    return new LoadedModule(manager, idle, root);
  }

  @Override
  public void close() {
    idle.close();
    scripts.values().forEach(ScriptModule::close);
    scripts.clear();
    objects.values().forEach(ScriptModule::close);
    objects.clear();
    manager.close();
  }
}
