package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;

/** Builds what makes the caches of a layer. */
final class CacheModules {
  private final TorchSession torch;
  private final NDManager owner;
  private final boolean straight;

  /**
   * @param owner manager of the tensors that modules are to load
   */
  CacheModules(TorchSession torch, NDManager owner) {
    this(torch, owner, false);
  }

  /**
   * @param straight whether gradients pass through what a cache rounds as if it did not, of
   *     sequences without a past
   */
  CacheModules(TorchSession torch, NDManager owner, boolean straight) {
    this.torch = torch;
    this.owner = owner;
    this.straight = straight;
  }

  /** A {@code cache.CacheScheme}. */
  ModuleNode of(CacheScheme scheme) {
    ModuleNode module = Scripts.module(scheme.module());
    scheme.attributes().forEach((name, value) -> attribute(module, name, value));
    scheme.tables().forEach((name, table) -> module.with(name, tensor(table)));
    return straight && !(scheme instanceof DenseCache)
        ? Scripts.module("straight_cache.StraightCacheScheme").with("scheme", module)
        : module;
  }

  private static void attribute(ModuleNode module, String name, Number value) {
    if (value instanceof Integer whole) {
      module.with(name, (long) whole);
    } else {
      module.with(name, value.doubleValue());
    }
  }

  private NDArray tensor(CacheTable table) {
    long[] shape = table.shape().stream().mapToLong(Integer::longValue).toArray();
    try (NDManager scope = owner.newSubManager()) {
      // A tensor of Java's numbers does not own its memory.
      return torch.tensors().copy(owner, Tensors.of(scope, table.array(), shape));
    }
  }
}
