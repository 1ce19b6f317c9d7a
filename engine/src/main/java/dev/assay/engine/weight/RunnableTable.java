package dev.assay.engine.weight;

import dev.assay.engine.torch.ModuleNode;

/**
 * A table of token vectors in a packed form, of which rows are dequantised as they are read.
 *
 * @param module an {@code embedding.Embedding} and its tensors
 * @param bytes native memory that the tensors hold
 */
public record RunnableTable(ModuleNode module, long bytes) {}
