package dev.assay.harness.suite;

import dev.assay.engine.config.YamlNode.Mapping;

/**
 * Some keys of {@link Measures}, as written, to be laid over others.
 *
 * @param keys the keys
 */
public record MeasuresPatch(Mapping keys) {}
