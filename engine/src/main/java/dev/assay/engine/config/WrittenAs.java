package dev.assay.engine.config;

/** A record that YAML has in another form than one key for each of its components. */
public interface WrittenAs {
  /** That form: maps, lists and scalars, which read back to an equal record. */
  Object written();
}
