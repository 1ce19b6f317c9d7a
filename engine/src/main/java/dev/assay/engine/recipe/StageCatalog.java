package dev.assay.engine.recipe;

import java.util.List;

/**
 * Kinds of stages that recipes can name; found by {@link java.util.ServiceLoader}. A method takes
 * its parameter record, its class and a line in a catalog.
 */
public interface StageCatalog {
  /** The kinds. */
  List<StageType<?>> stages();
}
