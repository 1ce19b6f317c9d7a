package dev.assay.engine.hub;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Something that those who wait for a download may want to show. */
public sealed interface HubEvent {
  /**
   * A download begins; none does where everything is in the cache.
   *
   * @param source what is downloaded
   * @param commit what its revision stands for
   * @param files files that are not in the cache yet
   * @param bytes bytes of these that are still to come
   */
  record DownloadBegan(HubSource source, String commit, int files, long bytes)
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
  record DownloadEnded(HubSource source, Path path) implements HubEvent {}

  /** In one line. */
  default String describe() {
    if (this instanceof DownloadBegan began) {
      return String.format(
          Locale.ROOT,
          "download %s begins: %d files, %,d bytes, commit %s",
          began.source(),
          began.files(),
          began.bytes(),
          began.commit());
    } else if (this instanceof DownloadRetried retried) {
      return String.format(
          Locale.ROOT,
          "%s: %s; trying again in %.1f s",
          retried.what(),
          retried.reason(),
          retried.pause().toMillis() / 1e3);
    } else if (this instanceof DownloadEnded ended) {
      return "download " + ended.source() + " is done: " + ended.path();
    }
    return ((DownloadProgressed) this).file();
  }
}
