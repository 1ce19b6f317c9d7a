package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.hub.HubEvent;
import dev.assay.engine.hub.HubFiles;
import dev.assay.leaderboard.file.FileMutex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pinned text that is taken from the user's directories, from the cache, or from the hub, in this
 * order. A download enters the cache whole and verified, or not at all.
 *
 * @param dataset name, for errors
 * @param pinned its split
 * @param member where the hub has it
 */
record DownloadableText(String dataset, DatasetInfo.Split pinned, ArchiveMember member) {
  private static final Logger LOG = LoggerFactory.getLogger(DownloadableText.class);

  /** Whether there is a copy, or none can be had as nothing may be downloaded. */
  boolean isLocal(DatasetLocations locations) {
    return locations.hub().offline()
        || Stream.concat(locations.directories().stream(), Stream.of(locations.cache()))
            .map(this::in)
            .anyMatch(Files::isRegularFile);
  }

  DatasetSplit load(DatasetLocations locations) {
    Optional<Path> own =
        locations.directories().stream().map(this::in).filter(Files::isRegularFile).findFirst();
    if (own.isPresent()) {
      return verified(own.get());
    }
    Path cached = in(locations.cache());
    if (Files.isRegularFile(cached)) {
      try {
        return verified(cached);
      } catch (BadInputException e) {
        LOG.warn("{}; ignoring this copy", e.getMessage());
      }
    }
    return download(locations, cached);
  }

  private DatasetSplit download(DatasetLocations locations, Path cached) {
    byte[] content = fromHub(locations);
    DatasetSplit split =
        DatasetSplit.verified(dataset, pinned, content, member.archive().toString());
    try {
      writeWhole(content, cached);
    } catch (IOException e) {
      throw new BadInputException(cached + ": cannot be written: " + e.getMessage(), e);
    }
    return split;
  }

  private byte[] fromHub(DatasetLocations locations) {
    HubFiles hub = new HubFiles(locations.hub(), DownloadableText::log, FileMutex::of);
    try {
      return member.read(hub.fetch(member.archive()));
    } catch (BadInputException e) {
      throw new BadInputException(missing(locations, String.valueOf(e.getMessage())), e);
    } catch (IOException e) {
      throw new BadInputException(missing(locations, member.archive() + ": " + e.getMessage()), e);
    }
  }

  private static void log(HubEvent event) {
    if (!(event instanceof HubEvent.DownloadProgressed)) {
      LOG.info("{}", event.describe());
    }
  }

  private String missing(DatasetLocations locations, String why) {
    List<Path> looked =
        Stream.concat(locations.directories().stream(), Stream.of(locations.cache()))
            .map(this::in)
            .toList();
    String message =
        "dataset %s, split %s: found no copy at %s, and %s. Put the file, sha256 %s, at %s, or set"
            + " ASSAY_DATASETS to a directory that has it as %s";
    return message.formatted(
        dataset,
        pinned.name(),
        looked,
        why,
        pinned.sha256(),
        looked.get(0).toAbsolutePath(),
        member.path());
  }

  private DatasetSplit verified(Path path) {
    try {
      return DatasetSplit.verified(dataset, pinned, Files.readAllBytes(path), path.toString());
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Path in(Path directory) {
    return directory.resolve(member.path());
  }

  private static void writeWhole(byte[] content, Path target) throws IOException {
    Path directory = Files.createDirectories(target.toAbsolutePath().getParent());
    Path part = Files.createTempFile(directory, target.getFileName().toString(), ".part");
    try {
      Files.write(part, content);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
