package dev.assay.leaderboard.site.overview;

import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.Status;
import dev.assay.leaderboard.site.format.Dates;
import dev.assay.leaderboard.site.format.Machines;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.Fact;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was run, where and when. */
public final class RunFacts {
  private RunFacts() {}

  /** Facts of all results taken together. */
  public static List<Fact> of(Collection<Result> results) {
    long failed = results.stream().filter(each -> each.status() == Status.FAILED).count();
    return List.of(
        new Fact("Suite", distinct(results, result -> result.cell().suite())),
        new Fact("Model", distinct(results, RunFacts::model)),
        new Fact("Machine", distinct(results, RunFacts::machine)),
        new Fact("Run", runs(results)),
        Fact.of("Cells", results.size() + (failed == 0 ? "" : ", " + failed + " failed")),
        new Fact("Software", distinct(results, RunFacts::software)));
  }

  private static List<String> distinct(Collection<Result> results, Function<Result, String> text) {
    return results.stream().map(text).distinct().toList();
  }

  private static String model(Result result) {
    return String.format(
        Locale.ROOT,
        "%s (%s, %,d parameters)",
        result.cell().model().name(),
        result.cell().model().family(),
        result.cell().model().parameters());
  }

  private static String machine(Result result) {
    Environment environment = result.environment();
    double bytes = environment.memory().totalBytes();
    return Machines.describe(result)
        + ", "
        + environment.threads()
        + " threads, "
        + Scale.of("memory", "B", bytes).text(bytes);
  }

  private static String software(Result result) {
    Environment environment = result.environment();
    String assay = environment.libraries().getOrDefault("assay", "of unknown version");
    Environment.Git git = environment.git();
    String revision =
        git == null ? "" : " (" + abbreviated(git.revision()) + (git.dirty() ? ", changed)" : ")");
    String older = result.identity() == null ? ", an older build" : "";
    return "Assay " + assay + revision + older + ", Java " + environment.jvm().version();
  }

  private static String abbreviated(String revision) {
    return revision.length() > 9 ? revision.substring(0, 9) : revision;
  }

  private static List<String> runs(Collection<Result> results) {
    Map<String, List<Result>> runs =
        results.stream()
            .collect(Collectors.groupingBy(Result::run, LinkedHashMap::new, Collectors.toList()));
    return runs.entrySet().stream().map(run -> run(run.getKey(), run.getValue())).toList();
  }

  private static String run(String name, List<Result> results) {
    Instant begin = results.stream().map(Result::startedAt).min(Instant::compareTo).orElseThrow();
    Instant end = results.stream().map(Result::finishedAt).max(Instant::compareTo).orElseThrow();
    return "%s, %s, %s"
        .formatted(name, Dates.minute(begin), Dates.span(Duration.between(begin, end)));
  }
}
