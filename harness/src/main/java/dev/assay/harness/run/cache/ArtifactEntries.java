package dev.assay.harness.run.cache;

import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.run.artifact.CachedArtifact;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The artifacts.
 *
 * @param cache where they are
 * @param build the build that they are to be of use to
 */
record ArtifactEntries(ArtifactCache cache, AssayBuild build) {
  List<CacheEntry> list() {
    return Listing.directories(cache.root()).stream().map(this::entry).toList();
  }

  private CacheEntry entry(Path directory) {
    Optional<CachedArtifact> artifact = cache.find(String.valueOf(directory.getFileName()));
    Optional<ArtifactOrigin> begun = cache.begunOrigin(String.valueOf(directory.getFileName()));
    if (artifact.isEmpty()
        && begun.filter(each -> each.compression().equals(build.compression())).isPresent()) {
      return CacheEntry.usable(
          CacheEntry.Kind.ARTIFACT,
          directory,
          begun.get().model() + ", " + begun.get().recipe() + ", interrupted, goes on");
    }
    if (artifact.isEmpty()) {
      return CacheEntry.stale(
          CacheEntry.Kind.ARTIFACT, directory, "begun and not finished", "unfinished");
    }
    ArtifactOrigin origin = artifact.get().report().origin();
    if (origin == null) {
      return CacheEntry.stale(
          CacheEntry.Kind.ARTIFACT, directory, "does not say of what model", "of an older build");
    }
    String what = origin.model() + ", " + origin.recipe();
    return origin.compression().equals(build.compression())
        ? CacheEntry.usable(CacheEntry.Kind.ARTIFACT, directory, what)
        : CacheEntry.stale(
            CacheEntry.Kind.ARTIFACT,
            directory,
            what,
            "compressed by code " + origin.compression() + ", this is " + build.compression());
  }
}
