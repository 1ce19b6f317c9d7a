package dev.assay.engine.weight;

import dev.assay.engine.torch.ModuleNode;

/**
 * A table of token vectors in a packed form, of which rows are dequantised as they are read.
 *
 * @param kernel name of what looks them up
 * @param module an {@code embedding.Embedding} and its tensors
 * @param bytes native memory that the tensors hold
 * @param form in words, for example {@code int8 packed, rows dequantised as they are looked up}
 */
public record RunnableTable(String kernel, ModuleNode module, long bytes, String form) {}
