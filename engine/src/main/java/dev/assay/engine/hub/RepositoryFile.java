package dev.assay.engine.hub;

import org.jspecify.annotations.Nullable;

/**
 * A file of a repository at some commit.
 *
 * @param name path in the repository, checked
 * @param size in bytes; -1 if the listing does not say
 * @param etag the sha256 of a large file, git's hash of a small one, both in hexadecimal; null if
 *     the listing does not say
 */
record RepositoryFile(String name, long size, @Nullable String etag) {}
