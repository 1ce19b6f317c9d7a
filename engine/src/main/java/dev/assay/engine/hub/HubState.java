package dev.assay.engine.hub;

import java.util.Locale;

/** Whether a model of the hub is at hand. */
public sealed interface HubState {
  /** Everything is in the cache. */
  record Cached(HubSnapshot snapshot) implements HubState {}

  /**
   * The hub has it.
   *
   * @param commit what its revision stands for
   * @param bytes bytes that are not in the cache yet
   */
  record ToDownload(String commit, long bytes) implements HubState {}

  /**
   * It is not in the cache, and more is not known.
   *
   * @param reason why not
   */
  record Unknown(String reason) implements HubState {}

  /** In a few words. */
  default String describe() {
    if (this instanceof Cached cached) {
      return "in the cache, commit " + cached.snapshot().commit();
    } else if (this instanceof ToDownload download) {
      return String.format(
          Locale.ROOT, "to download, %,d bytes, commit %s", download.bytes(), download.commit());
    }
    return "not in the cache; " + ((Unknown) this).reason();
  }
}
