package dev.assay.engine.run;

import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.torch.ModuleNode;

/** Builds what makes the caches of a layer. */
final class CacheModules {
  private CacheModules() {}

  /** A {@code cache.CacheScheme}. */
  static ModuleNode scheme(CacheScheme scheme) {
    return Scripts.module(
        scheme instanceof CacheScheme.Dense
            ? "cache.DenseCacheScheme"
            : "cache.RoundedCacheScheme");
  }
}
