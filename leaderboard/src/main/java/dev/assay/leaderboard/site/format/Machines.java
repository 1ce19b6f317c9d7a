package dev.assay.leaderboard.site.format;

import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Results machine by machine, as times of different machines are never ranked together.
 *
 * @param byId results of each machine, by its id, the machine with most results first
 */
public record Machines(Map<String, List<Result>> byId) {
  public static Machines of(Collection<Result> results) {
    Map<String, List<Result>> found = new LinkedHashMap<>();
    for (Result result : results) {
      found.computeIfAbsent(result.machine(), id -> new ArrayList<>()).add(result);
    }
    Map<String, List<Result>> sorted = new LinkedHashMap<>();
    found.entrySet().stream()
        // A stable sort: machines with as many stay in the order of the results.
        .sorted((a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return new Machines(sorted);
  }

  /** Processor and id of a machine, where there are several; null where there is one. */
  public @Nullable String label(String id) {
    List<Result> results = byId.getOrDefault(id, List.of());
    return byId.size() < 2 || results.isEmpty() ? null : describe(results.get(0));
  }

  /** A machine in words: its processors and its id. */
  public static String describe(Result result) {
    Environment environment = result.environment();
    String gpus =
        environment.gpus().stream().map(gpu -> gpu.name() + ", ").collect(Collectors.joining());
    return gpus + environment.cpu().name() + " (machine " + result.machine() + ")";
  }
}
