package dev.assay.harness.run.artifact;

import java.nio.file.Path;

/**
 * An artifact in the cache.
 *
 * @param checkpoint its directory
 * @param report how it was made
 * @param fresh whether it was made just now
 */
public record CachedArtifact(Path checkpoint, CompressionReport report, boolean fresh) {}
