package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Heads and channels that stay, held against those of a golden. */
final class KeptUnitsAgreement {
  private KeptUnitsAgreement() {}

  /**
   * Compares the scores of one layer.
   *
   * @param all those of all layers, one after another
   * @param share of the greatest of the layer, by which they may differ
   */
  static void scores(double[] found, float[] all, int layer, int layers, double share) {
    assertThat(found).hasSize(all.length / layers);
    double most = 0;
    for (int i = 0; i < found.length; i++) {
      most = Math.max(most, Math.abs(all[layer * found.length + i]));
    }
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i])
          .as("layer %d, %d", layer, i)
          .isCloseTo(all[layer * found.length + i], within(share * most));
    }
  }

  /**
   * Makes sure that of a matrix the columns of the units that stay are left, to the bit.
   *
   * @param mask 1 for a unit that stays
   * @param width columns of a unit
   */
  static void columns(float[] whole, float[] left, byte[] mask, int width) {
    int columns = mask.length * width;
    int at = 0;
    for (int i = 0; i < whole.length; i++) {
      if (mask[i % columns / width] == 1) {
        assertThat(left[at++]).isEqualTo(whole[i]);
      }
    }
    assertThat(at).isEqualTo(left.length);
  }
}
