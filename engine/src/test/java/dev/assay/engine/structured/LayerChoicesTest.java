package dev.assay.engine.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.structured.DropLayersParameters.By;
import dev.assay.engine.structured.DropLayersParameters.Tokens;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which layers may go together. */
class LayerChoicesTest {
  private static List<List<Integer>> all(
      int depth, int remove, @Nullable List<Integer> layers, By by) {
    return new LayerChoices(depth, new DropLayersParameters(remove, layers, by, Tokens.LAST, false))
        .all()
        .toList();
  }

  @Test
  void someInARowGoByAngle() {
    assertThat(all(4, 2, null, By.ANGLE))
        .containsExactly(List.of(0, 1), List.of(1, 2), List.of(2, 3));
  }

  @Test
  void anyGoByInfluence() {
    assertThat(all(4, 2, null, By.INFLUENCE))
        .containsExactly(
            List.of(0, 1),
            List.of(0, 2),
            List.of(0, 3),
            List.of(1, 2),
            List.of(1, 3),
            List.of(2, 3));
  }

  /** As many as there are, each once. */
  @ParameterizedTest
  @CsvSource({"5,1,5", "6,3,20", "7,6,7", "9,4,126"})
  void noneIsLeftOut(int depth, int remove, int choices) {
    assertThat(all(depth, remove, null, By.INFLUENCE))
        .hasSize(choices)
        .doesNotHaveDuplicates()
        .allSatisfy(each -> assertThat(each).hasSize(remove).isSorted().doesNotHaveDuplicates());
  }

  @Test
  void thoseThatAreNamedGo() {
    assertThat(all(6, 1, List.of(4, 2), By.INFLUENCE)).containsExactly(List.of(2, 4));
  }
}
