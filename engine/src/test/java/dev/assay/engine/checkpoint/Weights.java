package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.ByteBuffer;
import java.util.Random;

/** Quantized weights for tests. */
public final class Weights {
  private Weights() {}

  /** A value for each row and column. */
  public interface Cell {
    int at(int row, int column);
  }

  /** Codes and zeros by rule, scales 2^-4 · (1 + output), groups in order. */
  public static QuantizedWeight of(
      NDManager owner, int out, int in, GridForm grid, Cell codes, Cell zeros) {
    int groups = (int) grid.groups(in);
    byte[] code = new byte[out * in];
    float[] zero = new float[out * groups];
    float[] scale = new float[out * groups];
    for (int row = 0; row < out; row++) {
      for (int column = 0; column < in; column++) {
        code[row * in + column] = (byte) codes.at(row, column);
      }
      for (int group = 0; group < groups; group++) {
        zero[row * groups + group] = zeros.at(row, group);
        scale[row * groups + group] = (1 + row) / 16f;
      }
    }
    return new QuantizedWeight(
        bytes(owner, code, out, in),
        owner.create(scale, new Shape(out, groups)),
        owner.create(zero, new Shape(out, groups)),
        owner.create(grid.groupsInOrder(in)),
        grid);
  }

  /** Everything random, also the order of the columns' groups unless the grid is ordered. */
  public static QuantizedWeight random(
      NDManager owner, long seed, int out, int in, GridForm grid, DataType scaleType) {
    Random random = new Random(seed);
    int groups = (int) grid.groups(in);
    byte[] codes = new byte[out * in];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(grid.maxCode() + 1);
    }
    float[] scales = new float[out * groups];
    float[] zeros = new float[out * groups];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) Math.exp(random.nextGaussian());
      zeros[i] = grid.symmetric() ? (grid.maxCode() + 1) / 2 : random.nextInt(grid.maxCode() + 1);
    }
    int[] index = grid.groupsInOrder(in);
    for (int i = index.length - 1; i > 0 && !grid.ordered(); i--) {
      int other = random.nextInt(i + 1);
      int swapped = index[i];
      index[i] = index[other];
      index[other] = swapped;
    }
    return new QuantizedWeight(
        bytes(owner, codes, out, in),
        owner.create(scales, new Shape(out, groups)).toType(scaleType, true),
        owner.create(zeros, new Shape(out, groups)),
        owner.create(index),
        grid);
  }

  private static NDArray bytes(NDManager owner, byte[] values, int rows, int columns) {
    return owner.create(ByteBuffer.wrap(values), new Shape(rows, columns), DataType.UINT8);
  }
}
