package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;

/**
 * Codes on a grid, and values in place of those of some columns.
 *
 * @param rounded all columns
 * @param columns int32 [apart], the columns that are not taken from it, in order
 * @param values float16 [out, apart]
 */
public record ColumnsApart(QuantizedWeight rounded, NDArray columns, NDArray values) {}
