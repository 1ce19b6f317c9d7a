package dev.assay.harness.run.cache;

import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.harness.run.synthetic.SyntheticCache;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All that lies in the cache.
 *
 * @param cache directory of Assay's own
 * @param hub directory of the one that the hub's clients share
 * @param build the build that entries are to be of use to
 */
public record CacheInventory(Path cache, Path hub, AssayBuild build) {
  /** Directory of the artifacts in the cache. */
  public static final String ARTIFACTS = "artifacts";

  /** Directory of the hashes of models in the cache. */
  public static final String FINGERPRINTS = "fingerprints";

  /** Directory of what was found to be faster among kernels. */
  public static final String KERNELS = "kernels";

  /** Directory of what teachers made of texts, by the code that had them run. */
  public static final String TEACHERS = "teachers";

  private static final String DATASETS = "datasets";
  private static final String MODELS_PREFIX = "models--";

  /** The entries, kind by kind. */
  public List<CacheEntry> entries() {
    ArtifactCache artifacts = new ArtifactCache(cache.resolve(ARTIFACTS));
    SyntheticCache synthetic = SyntheticCache.beside(artifacts.root());
    List<CacheEntry> entries = new ArrayList<>();
    entries.addAll(new ArtifactEntries(artifacts, build).list());
    entries.addAll(new SyntheticEntries(synthetic).list());
    entries.addAll(new DatasetEntries(cache.resolve(DATASETS), Instant.now()).list());
    entries.addAll(fingerprints());
    entries.addAll(kernels());
    entries.addAll(teachers());
    entries.addAll(others(String.valueOf(synthetic.root().getFileName())));
    entries.addAll(onHub());
    return entries;
  }

  private List<CacheEntry> fingerprints() {
    Path directory = cache.resolve(FINGERPRINTS);
    int models = Listing.of(directory).size();
    return models == 0
        ? List.of()
        : List.of(
            CacheEntry.usable(
                CacheEntry.Kind.FINGERPRINTS,
                directory,
                models + (models == 1 ? " model's hash" : " models' hashes")));
  }

  private List<CacheEntry> kernels() {
    String what = "what was faster among kernels";
    return Listing.directories(cache.resolve(KERNELS)).stream()
        .map(
            path ->
                String.valueOf(path.getFileName()).equals(build.figures())
                    ? CacheEntry.usable(CacheEntry.Kind.KERNELS, path, what)
                    : CacheEntry.stale(CacheEntry.Kind.KERNELS, path, what, "of another build"))
        .toList();
  }

  private List<CacheEntry> teachers() {
    String what = "what teachers made of texts";
    return Listing.directories(cache.resolve(TEACHERS)).stream()
        .map(
            path ->
                String.valueOf(path.getFileName()).equals(build.compression())
                    ? CacheEntry.usable(CacheEntry.Kind.TEACHERS, path, what)
                    : CacheEntry.stale(CacheEntry.Kind.TEACHERS, path, what, "of another build"))
        .toList();
  }

  private List<CacheEntry> others(String synthetic) {
    Set<String> known = Set.of(ARTIFACTS, synthetic, DATASETS, FINGERPRINTS, KERNELS, TEACHERS);
    return Listing.of(cache).stream()
        .filter(path -> !known.contains(String.valueOf(path.getFileName())))
        .map(
            path ->
                CacheEntry.foreign(
                    CacheEntry.Kind.OTHER,
                    path,
                    String.valueOf(path.getFileName()),
                    "nothing that this build puts there"))
        .toList();
  }

  private List<CacheEntry> onHub() {
    return Listing.directories(hub).stream()
        .filter(path -> String.valueOf(path.getFileName()).startsWith(MODELS_PREFIX))
        .map(
            path ->
                CacheEntry.foreign(
                    CacheEntry.Kind.HUB,
                    path,
                    path.getFileName()
                        .toString()
                        .substring(MODELS_PREFIX.length())
                        .replace("--", "/"),
                    "shared with the hub's other clients"))
        .toList();
  }
}
