package dev.assay.engine.torch;

import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Compiled modules that nobody uses now, the last used first: a module of the same structure, with
 * other tensors, is the same code, and libtorch compiles it for longer than a small model runs.
 */
final class IdleModules {
  private static final int MOST = 8;

  private final NDManager manager;
  private final Deque<Idle> idle = new ArrayDeque<>();

  /** A module without tensors, and its structure. */
  private record Idle(ScriptObject root, ScriptModule module) {}

  /**
   * @param manager parent of all modules
   */
  IdleModules(NDManager manager) {
    this.manager = manager;
  }

  /** One of the structure for the caller alone, compiled if none is idle. */
  ScriptModule take(ScriptObject root) {
    ScriptModule found = find(root);
    return found == null ? ScriptModule.load(manager, root) : found;
  }

  private synchronized @Nullable ScriptModule find(ScriptObject root) {
    for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
      Idle each = all.next();
      if (each.root().equals(root)) {
        all.remove();
        return each.module();
      }
    }
    return null;
  }

  /** Keeps a module that holds no tensors for the next of its structure; the oldest is closed. */
  synchronized void put(ScriptObject root, ScriptModule module) {
    idle.addFirst(new Idle(root, module));
    if (idle.size() > MOST) {
      idle.removeLast().module().close();
    }
  }

  synchronized void close() {
    idle.forEach(each -> each.module().close());
    idle.clear();
  }
}
