package dev.assay.engine.recipe;

/**
 * One step of a recipe with all its parameters. Implemented by records, whose components are the
 * step's YAML keys. Deliberately open, so that a method outside this module can be added.
 */
public interface Stage {}
