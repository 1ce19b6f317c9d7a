package dev.assay.engine.hub;

import java.nio.file.Path;

/**
 * A model of the hub in the cache.
 *
 * @param reference how it was asked for
 * @param commit what its revision stands for
 * @param path directory of the checkpoint, or its GGUF file
 */
public record HubSnapshot(HubReference reference, String commit, Path path) {}
