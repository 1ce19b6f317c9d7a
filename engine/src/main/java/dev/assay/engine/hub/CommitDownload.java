package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Brings files of one commit into the cache, those first that are there already: they are linked
 * only.
 *
 * @param hub the connection
 * @param source what was asked for
 * @param commit what its revision stands for
 */
record CommitDownload(HubConnection hub, HubSource source, String commit) {

  private HubCache cache() {
    return hub.cache(source);
  }

  /** Those of the files that the cache does not have, with size and tag. */
  List<RepositoryFile> missing(List<RepositoryFile> files) throws IOException {
    List<RepositoryFile> missing = new ArrayList<>();
    for (RepositoryFile file : files) {
      if (!cache().has(commit, file.name(), file.size())) {
        missing.add(hub.api().complete(source, commit, file));
      }
    }
    missing.removeIf(this::blobIsWhole);
    return List.copyOf(missing);
  }

  /** Bytes of files that are still to come. */
  long remaining(List<RepositoryFile> missing) {
    long remaining = 0;
    for (RepositoryFile file : missing) {
      remaining += file.size() - part(file).present();
    }
    return remaining;
  }

  /**
   * Downloads what is missing and links all.
   *
   * @return whether anything had to be downloaded
   * @param files with size and tag where the listing has them
   * @param listener hears of it
   */
  boolean run(List<RepositoryFile> files, HubListener listener) throws IOException {
    List<RepositoryFile> missing = missing(files);
    if (!missing.isEmpty()) {
      long remaining = remaining(missing);
      requireSpace(remaining);
      listener.on(new HubEvent.DownloadBegan(source, commit, missing.size(), remaining));
      long total = missing.stream().mapToLong(RepositoryFile::size).sum();
      long before = 0;
      for (RepositoryFile file : missing) {
        download(file, before, total, listener);
        before += file.size();
      }
    }
    for (RepositoryFile file : files) {
      if (!cache().has(commit, file.name(), file.size())) {
        RepositoryFile complete = hub.api().complete(source, commit, file);
        cache().link(commit, file.name(), etag(complete));
      }
    }
    return !missing.isEmpty();
  }

  private void download(RepositoryFile file, long before, long total, HubListener listener)
      throws IOException {
    new BlobDownload(
            hub,
            new Refusal(hub.settings(), source, file.name()),
            hub.api().address(source, commit, file.name()),
            file,
            cache().blob(etag(file)))
        .run(
            etag(file),
            cache().lock(etag(file)),
            present ->
                listener.on(new HubEvent.DownloadProgressed(file.name(), before + present, total)));
    cache().link(commit, file.name(), etag(file));
  }

  private void requireSpace(long bytes) throws IOException {
    Path blobs = Files.createDirectories(cache().directory().resolve("blobs"));
    long usable = Files.getFileStore(blobs).getUsableSpace();
    if (usable < bytes) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%s: to download %,d bytes, found %,d free at %s; make room, or set HF_HUB_CACHE to a"
                  + " directory that has it",
              source,
              bytes,
              usable,
              hub.settings().cache()));
    }
  }

  private boolean blobIsWhole(RepositoryFile file) {
    try {
      return HubCache.whole(cache().blob(etag(file)), file.size());
    } catch (IOException e) {
      return false;
    }
  }

  private PartFile part(RepositoryFile file) {
    return new PartFile(BlobDownload.part(cache().blob(etag(file))), file.size(), present -> {});
  }

  private static String etag(RepositoryFile file) {
    return Objects.requireNonNull(file.etag(), "asked for where the listing lacks it");
  }
}
