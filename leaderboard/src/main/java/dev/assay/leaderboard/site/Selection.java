package dev.assay.leaderboard.site;

import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which results are shown: of each cell on each machine the one that finished last; the ones before
 * are named on its page. The order does not depend on the order given.
 *
 * @param all every result
 * @param latest the last of each cell on each machine
 */
record Selection(List<Result> all, List<Result> latest) {
  private static final Comparator<Result> ORDER =
      Comparator.comparing((Result result) -> result.cell().suite())
          .thenComparing(result -> result.cell().model().name())
          .thenComparing(result -> !result.cell().baseline())
          .thenComparing(result -> result.cell().recipe().name())
          .thenComparing(result -> result.cell().target().name())
          .thenComparing(result -> result.cell().id())
          .thenComparing(Result::machine)
          .thenComparing(Result::finishedAt)
          .thenComparing(Result::run);

  /** What a result is known by. */
  private record Key(String cell, String machine) {
    static Key of(Result result) {
      return new Key(result.cell().id(), result.machine());
    }
  }

  static Selection of(Collection<Result> results) {
    List<Result> all = results.stream().sorted(ORDER).toList();
    Map<Key, Result> latest =
        all.stream()
            .collect(
                Collectors.toMap(Key::of, result -> result, Selection::later, LinkedHashMap::new));
    return new Selection(all, List.copyOf(latest.values()));
  }

  private static Result later(Result a, Result b) {
    return Comparator.comparing(Result::finishedAt).thenComparing(Result::run).compare(a, b) > 0
        ? a
        : b;
  }

  /** Earlier results of the same cell on the same machine. */
  List<Result> before(Result result) {
    List<Result> earlier = new ArrayList<>();
    for (Result other : all) {
      if (Key.of(other).equals(Key.of(result)) && !other.equals(result)) {
        earlier.add(other);
      }
    }
    return earlier;
  }
}
