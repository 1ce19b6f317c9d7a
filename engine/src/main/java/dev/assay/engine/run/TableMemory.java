package dev.assay.engine.run;

/**
 * Native memory of a table of token vectors in the form in which it runs.
 *
 * @param bytes of all of it
 * @param own those of which nothing but rows is read: that no head multiplies by
 */
public record TableMemory(long bytes, long own) {}
