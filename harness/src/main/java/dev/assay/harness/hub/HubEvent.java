package dev.assay.harness.hub;

import java.nio.file.Path;
import java.time.Duration;

/** Something that those who wait for a download may want to show. */
public sealed interface HubEvent {
  /**
   * A download begins; none does where everything is in the cache.
   *
   * @param model what is downloaded
   * @param commit what its revision stands for
   * @param files files that are not in the cache yet
   * @param bytes bytes of these that are still to come
   */
  record DownloadBegan(HubReference model, String commit, int files, long bytes)
      implements HubEvent {}

  /**
   * Bytes arrived.
   *
   * @param file path in the repository
   * @param done bytes of the whole download that have arrived
   * @param total bytes of the whole download
   */
  record DownloadProgressed(String file, long done, long total) implements HubEvent {}

  /**
   * Something failed and is tried again.
   *
   * @param what what was asked for
   * @param reason what went wrong
   * @param pause time until then
   */
  record DownloadRetried(String what, String reason, Duration pause) implements HubEvent {}

  /** A download is over, and its files are in the cache. */
  record DownloadEnded(HubReference model, Path path) implements HubEvent {}
}
