package dev.assay.engine.mixed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.config.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The best allocation is that of trying all. */
class AllocatorTest {
  private static final int[] WIDTHS = {2, 3, 4, 8};

  @Test
  void noOtherAllocationIsBetter() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      List<List<Option>> items = items(random, 6);
      long least = new Allocator(items, 0).least();
      long budget = least + random.nextInt(60);
      double best = Double.POSITIVE_INFINITY;
      double second = Double.POSITIVE_INFINITY;
      for (int code = 0; code < 4096; code++) {
        long size = 0;
        double cost = 0;
        for (int i = 0; i < 6; i++) {
          Option option = items.get(i).get((code >> 2 * i) & 3);
          size += option.size();
          cost += option.cost();
        }
        if (size <= budget) {
          second = Math.min(second, Math.max(best, cost));
          best = Math.min(best, cost);
        }
      }

      Allocator allocator = new Allocator(items, budget);
      Allocation found = allocator.best().orElseThrow();

      assertThat(found.size()).isLessThanOrEqualTo(budget);
      assertThat(found.cost()).isCloseTo(best, within(1e-12));
      Optional<Allocation> other = allocator.bestBut(found);
      double runnerUp = other.map(Allocation::cost).orElse(Double.POSITIVE_INFINITY);
      assertThat(same(runnerUp, second)).as("%s is %s", runnerUp, second).isTrue();
    }
  }

  private static boolean same(double found, double expected) {
    return found == expected || Math.abs(found - expected) < 1e-12;
  }

  @Test
  void manyItemsOfManySizesTakeNoTime() {
    Random random = new Random(5);
    List<List<Option>> items = items(random, 400);
    long least = new Allocator(items, 0).least();

    Allocation found = new Allocator(items, least * 3 / 2).best().orElseThrow();

    assertThat(found.size()).isLessThanOrEqualTo(least * 3 / 2).isGreaterThan(least * 148 / 100);
  }

  private static List<List<Option>> items(Random random, int count) {
    List<List<Option>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int weights = 1 + random.nextInt(10);
      double scale = Math.exp(2 * random.nextGaussian());
      List<Option> options = new ArrayList<>();
      for (int bits : WIDTHS) {
        options.add(new Option(bits, (long) bits * weights, scale * Math.pow(4, -bits)));
      }
      items.add(options);
    }
    return items;
  }

  @Test
  void aBudgetThatIsTooSmallSaysHowMuchIsMissing() {
    assertThatThrownBy(() -> new Budget.MeanBits(1.5).search(measured(), Optional.empty()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("mean of 1.5 bits")
        .hasMessageContaining("of codes alone, expected at least 2, the narrowest widths");
  }

  @Test
  void whatFitsWholeStaysAsItIs() {
    Budget roomy = new Budget.Bytes(100_000, 1_000, 32, 4, "files");

    Widths found = roomy.search(measured(), Optional.of(16));

    assertThat(found.linears()).containsOnlyKeys(16);
    assertThat(found.allocation().cost()).isZero();
    Budget tight = new Budget.Bytes(7_500, 1_000, 32, 4, "files");
    Widths fewer = tight.search(measured(), Optional.of(16));
    assertThat(fewer.allocation().size()).isLessThanOrEqualTo(6_500);
    assertThat(fewer.linears().keySet()).doesNotContain(16);
  }

  @Test
  void aRecipeNamesEveryLinear() {
    Widths widths = new Budget.MeanBits(3.7).search(measured(), Optional.empty());

    String text =
        new MixedRecipe(
                "mixed-test",
                "gptq",
                32,
                OptionalInt.of(8),
                OptionalInt.empty(),
                List.of("samples: 4"))
            .text(widths, List.of("Searched."));

    assertThat(text)
        .startsWith("# Searched.\nname: mixed-test\nsummary: GPTQ with ")
        .contains("calibration:\n  samples: 4\n", "  - gptq:\n      bits: 4\n      groupSize: 32\n")
        .contains("- layers.0.a", "- layers.0.b", "- embedding");
  }

  private static List<Sensitivity> measured() {
    return List.of(
        new Sensitivity(
            new Item(List.of("layers.0.a"), 64, 64),
            new TreeMap<>(Map.of(2, 0.5, 3, 0.1, 4, 0.02, 8, 1e-4))),
        new Sensitivity(
            new Item(List.of("layers.0.b"), 32, 64),
            new TreeMap<>(Map.of(2, 0.1, 3, 0.02, 4, 0.004, 8, 1e-5))));
  }
}
