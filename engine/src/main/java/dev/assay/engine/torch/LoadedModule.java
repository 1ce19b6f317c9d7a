package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A tree of modules, of a session, with tensors that its method {@code load} is given by name. It
 * holds them until it is closed; what is compiled may serve the next tree of the same structure.
 * All else that a module of it remembers has to be set again by who opens one.
 */
public final class LoadedModule implements AutoCloseable {
  private final NDManager manager;
  private final IdleModules idle;
  private final ScriptObject root;
  private final ScriptModule script;
  private final Set<String> names = new HashSet<>();
  private boolean closed;

  LoadedModule(NDManager manager, IdleModules idle, ScriptObject root) {
    this.manager = manager;
    this.idle = idle;
    this.root = root;
    this.script = idle.take(root);
  }

  /** The root. */
  public ScriptModule script() {
    return script;
  }

  /** Hands the tree its tensors; it keeps them when their managers are closed. Fails closed. */
  public void load(Map<String, NDArray> tensors) {
    names.addAll(tensors.keySet());
    try {
      script.load(tensors);
    } catch (RuntimeException e) {
      closed = true;
      script.close();
      throw e;
    }
  }

  /** Lets go of the tensors. */
  public void unload() {
    try (NDManager scope = manager.newSubManager()) {
      NDArray none = scope.create(new float[0]);
      Map<String, NDArray> nothing = new HashMap<>();
      names.forEach(name -> nothing.put(name, none));
      load(nothing);
    }
  }

  @Override
  public void close() {
    if (closed || !manager.isOpen()) {
      return;
    }
    closed = true;
    unload();
    idle.put(root, script);
  }
}
