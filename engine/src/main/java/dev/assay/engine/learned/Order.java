package dev.assay.engine.learned;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Which samples the steps of learning see. */
final class Order {
  private Order() {}

  /** The numbers from one to below another. */
  static int[] range(int start, int end) {
    return IntStream.range(start, end).toArray();
  }

  /**
   * Some of all, drawn anew for each step, none twice in one.
   *
   * @param all how many there are
   * @param batch how many a step sees, all if there are fewer
   */
  static List<int[]> drawn(SplittableRandom random, int all, int batch, int steps) {
    int[] shuffled = range(0, all);
    int size = Math.min(all, batch);
    List<int[]> order = new ArrayList<>(steps);
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < size; i++) {
        int other = random.nextInt(i, all);
        int drawn = shuffled[other];
        shuffled[other] = shuffled[i];
        shuffled[i] = drawn;
      }
      order.add(IntStream.of(shuffled).limit(size).toArray());
    }
    return order;
  }

  /**
   * All in order, epoch after epoch.
   *
   * @param batch how many a step sees; the last of an epoch may see fewer
   */
  static List<int[]> epochs(int all, int batch, int epochs) {
    List<int[]> order = new ArrayList<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int start = 0; start < all; start += batch) {
        order.add(range(start, Math.min(all, start + batch)));
      }
    }
    return order;
  }
}
