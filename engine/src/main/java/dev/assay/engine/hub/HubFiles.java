package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Single files of the hub: finds them in the cache, and brings them there. */
public final class HubFiles {
  private final HubConnection hub;

  /**
   * @param settings how the hub is reached
   * @param listener hears of downloads
   * @param locks keeps two from downloading the same
   */
  public HubFiles(HubSettings settings, HubListener listener, BlobLocks locks) {
    this.hub = HubConnection.of(settings, listener, locks);
  }

  /** A file in the cache, where it is there. */
  public Optional<Path> cached(HubFile file) {
    try {
      return hub.cache(file).has(file.revision(), file.file(), -1)
          ? Optional.of(path(file))
          : Optional.empty();
    } catch (IOException e) {
      throw kept(file, e);
    }
  }

  /**
   * A file in the cache, downloaded if it is not there.
   *
   * @throws BadInputException if it cannot be had, or what arrives is not what was announced
   */
  public Path fetch(HubFile file) {
    Optional<Path> cached = cached(file);
    if (cached.isPresent()) {
      return cached.get();
    }
    if (hub.settings().offline()) {
      throw new BadInputException(file + ": HF_HUB_OFFLINE forbids to download it");
    }
    try {
      new CommitDownload(hub, file, file.revision())
          .run(List.of(new RepositoryFile(file.file(), -1, null)), hub.listener());
    } catch (IOException e) {
      throw kept(file, e);
    }
    hub.listener().on(new HubEvent.DownloadEnded(file, path(file)));
    return path(file);
  }

  private Path path(HubFile file) {
    return hub.cache(file).snapshot(file.revision()).resolve(file.file());
  }

  private BadInputException kept(HubFile file, IOException e) {
    return new BadInputException(
        file + ": cannot be kept in " + hub.settings().cache() + ": " + e, e);
  }
}
