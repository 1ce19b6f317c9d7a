package dev.assay.harness.run.cache;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Something in the cache.
 *
 * @param kind what it is for
 * @param path its place
 * @param what what it is, in words
 * @param bytes size of its files
 * @param changed when one of its files last changed
 * @param state whether it is of use
 * @param reason why it is stale or kept; empty where it is usable
 */
public record CacheEntry(
    Kind kind, Path path, String what, long bytes, Instant changed, State state, String reason) {
  /** What an entry is for. */
  public enum Kind {
    ARTIFACT,
    SYNTHETIC,
    DATASET,
    FINGERPRINTS,
    KERNELS,
    TEACHERS,
    HUB,
    OTHER
  }

  /** Whether an entry is of use. */
  public enum State {
    /** This build can use it. */
    USABLE,
    /** Nothing that this build does will use it. */
    STALE,
    /** Not Assay's alone, so not Assay's to delete. */
    FOREIGN
  }

  static CacheEntry usable(Kind kind, Path path, String what) {
    return of(kind, path, what, State.USABLE, "");
  }

  static CacheEntry stale(Kind kind, Path path, String what, String reason) {
    return of(kind, path, what, State.STALE, reason);
  }

  static CacheEntry foreign(Kind kind, Path path, String what, String reason) {
    return of(kind, path, what, State.FOREIGN, reason);
  }

  private static CacheEntry of(Kind kind, Path path, String what, State state, String reason) {
    DiskUsage usage = DiskUsage.of(path);
    return new CacheEntry(kind, path, what, usage.bytes(), usage.changed(), state, reason);
  }

  /** The name that it is made and needed under, also while it is only begun. */
  String key() {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(".") ? name.substring(1).replaceFirst("\\.partial-.*", "") : name;
  }
}
