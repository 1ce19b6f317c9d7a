package dev.assay.engine.calibration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an adapter goes that a stage has trained.
 *
 * @param directory of its files
 * @param base place of the model that it belongs to; null where stages before have changed that
 */
public record AdapterPlace(Path directory, @Nullable String base) {}
