package dev.assay.engine.structured;

import dev.assay.engine.structured.DropLayersParameters.By;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which layers of a model may go together: those that a recipe names, some in a row, or any.
 *
 * @param depth layers that there are, more than are to go
 */
record LayerChoices(int depth, DropLayersParameters parameters) {
  /** All of them, in lexicographic order; their numbers rising. */
  Stream<List<Integer>> all() {
    if (parameters.names()) {
      return Stream.of(parameters.named(depth).stream().sorted().toList());
    }
    int count = parameters.remove();
    if (parameters.by() == By.ANGLE) {
      return IntStream.rangeClosed(0, depth - count).mapToObj(first -> row(first, count));
    }
    return Stream.iterate(row(0, count), some -> !some.isEmpty(), this::next);
  }

  private static List<Integer> row(int first, int count) {
    return IntStream.range(first, first + count).boxed().toList();
  }

  /** The next choice of any layers; none behind the last. */
  private List<Integer> next(List<Integer> some) {
    int moves = some.size() - 1;
    while (moves >= 0 && some.get(moves) == depth - some.size() + moves) {
      moves--;
    }
    if (moves < 0) {
      return List.of();
    }
    List<Integer> next = new ArrayList<>(some.subList(0, moves));
    next.addAll(row(some.get(moves) + 1, some.size() - moves));
    return next;
  }
}
