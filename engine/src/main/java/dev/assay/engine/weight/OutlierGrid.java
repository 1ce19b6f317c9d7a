package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * A weight seen as codes on a grid, value = scale · (code − zero), and a few values in place of
 * some. Its columns may lie in another order than the weight's.
 *
 * @param bits bits a code
 * @param groupSize columns of a group; the last may be shorter
 * @param codes uint8 [out, in]
 * @param scales float32 [out, groups]
 * @param zeros float32 [out, groups], any numbers
 * @param order integers [in], in which inputs are taken; null where they are in order
 * @param offsets int32 [out + 1], where the values of each row begin
 * @param columns int32, the column of each, in that order
 * @param values float16 or float32, those in place of the grid's
 */
public record OutlierGrid(
    int bits,
    int groupSize,
    NDArray codes,
    NDArray scales,
    NDArray zeros,
    @Nullable NDArray order,
    NDArray offsets,
    NDArray columns,
    NDArray values) {}
