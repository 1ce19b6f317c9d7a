package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How weights that are to go are shared out among layers. */
class BudgetSplitTest {
  private static LayerLosses layer(int layer, List<Long> gone, Double... losses) {
    return new LayerLosses(layer, 100, gone, List.of(losses));
  }

  private static long sum(Map<Integer, Long> split) {
    return split.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The next weights go where they cost least. */
  @Test
  void whatCostsLeastGoes() {
    List<Long> gone = List.of(40L, 50L, 60L);
    List<LayerLosses> layers =
        List.of(
            layer(0, gone, 2.0, 3.0, 5.0), layer(1, gone, 2.0, 2.0, 2.0),
            layer(2, gone, 2.0, 2.5, 4.0), layer(3, gone, 2.0, 2.2, 2.8));

    // Stretches of 10: 0 and 0 of the second, then 0.2, 0.5, 0.6, 1, 1.5 and 2.
    assertThat(BudgetSplit.of(layers, 200)).isEqualTo(Map.of(0, 40L, 1, 60L, 2, 50L, 3, 50L));
    assertThat(BudgetSplit.of(layers, 205)).isEqualTo(Map.of(0, 40L, 1, 60L, 2, 50L, 3, 55L));
    assertThat(BudgetSplit.of(layers, 160)).isEqualTo(Map.of(0, 40L, 1, 40L, 2, 40L, 3, 40L));
    assertThat(BudgetSplit.of(layers, 240)).isEqualTo(Map.of(0, 60L, 1, 60L, 2, 60L, 3, 60L));
  }

  @Test
  void layersThatAreAlikeGiveAlike() {
    List<Long> gone = List.of(40L, 50L, 60L);
    for (Double[] losses : new Double[][] {{1.0, 2.0, 4.0}, {1.0, 3.0, 4.0}, {1.0, 0.5, 0.7}}) {
      List<LayerLosses> layers =
          List.of(layer(0, gone, losses), layer(1, gone, losses), layer(2, gone, losses));
      assertThat(BudgetSplit.of(layers, 150)).isEqualTo(Map.of(0, 50L, 1, 50L, 2, 50L));
      assertThat(sum(BudgetSplit.of(layers, 142))).isEqualTo(142);
    }
  }

  /** What costs nothing is the same however far the loss falls. */
  @Test
  void aFallIsNoGain() {
    List<Long> gone = List.of(40L, 60L);
    List<LayerLosses> layers =
        List.of(layer(0, gone, 2.0, 1.0), layer(1, gone, 2.0, 2.0), layer(2, gone, 2.0, 2.1));

    assertThat(BudgetSplit.of(layers, 150)).isEqualTo(Map.of(0, 55L, 1, 55L, 2, 40L));
  }

  @Test
  void whatLayersDoNotHaveIsRefused() {
    List<LayerLosses> layers = List.of(layer(0, List.of(40L, 60L), 1.0, 2.0));

    assertThatThrownBy(() -> BudgetSplit.of(layers, 61)).hasMessageContaining("at most");
    assertThatThrownBy(() -> BudgetSplit.of(layers, 39)).hasMessageContaining("at least");
  }

  /** Exactly so many go, within what was tried, at no more than any other split would cost. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noOtherSplitCostsLess(long seed) {
    Random random = new Random(seed);
    List<LayerLosses> layers = new ArrayList<>();
    long fewest = 0;
    long most = 0;
    for (int i = 0; i < 3; i++) {
      long first = 2L + random.nextInt(3);
      List<Long> gone = List.of(first, first + 1 + random.nextInt(4), first + 6);
      double start = random.nextDouble();
      // Costs that rise, which the straight lines between them then are.
      double step = random.nextDouble();
      double next =
          step / (gone.get(1) - first) * (gone.get(2) - gone.get(1)) + random.nextDouble();
      layers.add(
          new LayerLosses(3 * i, 20, gone, List.of(start, start + step, start + step + next)));
      fewest += first;
      most += first + 6;
    }
    for (long wanted = fewest; wanted <= most; wanted++) {
      SortedMap<Integer, Long> split = BudgetSplit.of(layers, wanted);
      assertThat(sum(split)).isEqualTo(wanted);
      double cost = 0;
      for (LayerLosses layer : layers) {
        long own = split.getOrDefault(layer.layer(), 0L);
        assertThat(own).isBetween(layer.gone().get(0), layer.gone().get(2));
        cost += cost(layer, own);
      }
      assertThat(cost).isCloseTo(least(layers, wanted), within(1e-12));
    }
  }

  private static double cost(LayerLosses layer, long gone) {
    int from = gone > layer.gone().get(1) ? 1 : 0;
    double share =
        (double) (gone - layer.gone().get(from))
            / (layer.gone().get(from + 1) - layer.gone().get(from));
    double before = layer.losses().get(from);
    return before + share * (layer.losses().get(from + 1) - before);
  }

  private static double least(List<LayerLosses> layers, long wanted) {
    if (layers.isEmpty()) {
      return wanted == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    LayerLosses first = layers.get(0);
    double least = Double.POSITIVE_INFINITY;
    for (long own = first.gone().get(0); own <= first.gone().get(2); own++) {
      double rest = least(layers.subList(1, layers.size()), wanted - own);
      least = Math.min(least, cost(first, own) + rest);
    }
    return least;
  }
}
