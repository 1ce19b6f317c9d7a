package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Brings one blob into the cache. What has arrived of it lies beside it as {@code .incomplete}, and
 * the download goes on from there, in this process or a later one.
 *
 * @param hub the connection
 * @param refusal what answers that are no success mean
 * @param address where the content is
 * @param file its size and tag, both known
 * @param blob where it goes
 */
record BlobDownload(
    HubConnection hub, Refusal refusal, URI address, RepositoryFile file, Path blob) {

  /**
   * Downloads and checks.
   *
   * @param progress hears how many bytes of the blob are there
   * @throws BadInputException if what arrived is not what the hub announced; nothing of it is kept
   */
  void run(String etag, Path lockFile, LongConsumer progress) throws IOException {
    try (Closeable lock = hub.locks().take(lockFile)) {
      if (HubCache.whole(blob, file.size())) {
        return; // Another process was faster.
      }
      Files.createDirectories(blob.getParent());
      Path part = part(blob);
      boolean begun = Files.exists(part) && Files.size(part) > 0;
      transfer(part, progress);
      Optional<String> wrong = wrong(part, etag);
      if (wrong.isPresent() && begun) {
        // What somebody else had left there may be to blame.
        transfer(part, progress);
        wrong = wrong(part, etag);
      }
      if (wrong.isPresent()) {
        throw new BadInputException(
            address + ": found " + wrong.get() + ", expected " + etag + "; the file was deleted");
      }
      Files.move(part, blob, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** What has arrived of a blob. */
  static Path part(Path blob) {
    return blob.resolveSibling(blob.getFileName() + ".incomplete");
  }

  private void transfer(Path part, LongConsumer progress) {
    PartFile target = new PartFile(part, file.size(), progress);
    Transfer transfer = new Transfer(hub.http(), refusal, address, target);
    hub.retries()
        .run(
            address.toString(),
            () -> {
              transfer.attempt();
              return part;
            });
  }

  /** The hash if it is another than announced; the file is deleted then. */
  private static Optional<String> wrong(Path part, String etag) throws IOException {
    if (!Checksum.known(etag)) {
      return Optional.empty();
    }
    String found = Checksum.of(part, etag);
    if (found.equals(etag)) {
      return Optional.empty();
    }
    Files.delete(part);
    return Optional.of("checksum " + found);
  }
}
