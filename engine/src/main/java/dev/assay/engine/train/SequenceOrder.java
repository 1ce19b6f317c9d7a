package dev.assay.engine.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * In which order sequences are learned from: all of them, then all of them in another order, and so
 * on. Where one is at depends on the seed and on how many went before alone.
 *
 * @param size how many there are
 */
record SequenceOrder(int size, long seed) {
  /** The sequences from some place on. */
  int[] from(long first, int count) {
    int[] which = new int[count];
    int[] order = new int[0];
    long shuffled = -1;
    for (int i = 0; i < count; i++) {
      long pass = (first + i) / size;
      if (pass != shuffled) {
        order = shuffled(pass);
        shuffled = pass;
      }
      which[i] = order[(int) ((first + i) % size)];
    }
    return which;
  }

  /** How often the sequences from some place on came before. */
  long[] passes(long first, int count) {
    long[] passes = new long[count];
    Arrays.setAll(passes, i -> (first + i) / size);
    return passes;
  }

  private int[] shuffled(long pass) {
    SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * pass);
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[other];
      order[other] = held;
    }
    return order;
  }
}
