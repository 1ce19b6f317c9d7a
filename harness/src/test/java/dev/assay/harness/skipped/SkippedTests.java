package dev.assay.harness.skipped;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sums up the reports that the modules' tests left, at the end of a build. */
public final class SkippedTests {
  private SkippedTests() {}

  /**
   * Prints the summary.
   *
   * @param arguments when the build began, and the root of the repository
   */
  public static void main(String[] arguments) throws IOException {
    List<TestReport> reports = new ArrayList<>();
    for (Path file : files(Path.of(arguments[1]), Instant.parse(arguments[0]))) {
      reports.add(TestReport.read(file));
    }
    summary(reports).forEach(System.out::println);
  }

  /** The reports of this build: older ones may be of classes that are gone. */
  static List<Path> files(Path root, Instant since) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path reports = module.resolve("target/surefire-reports");
        if (Files.isDirectory(reports)) {
          try (Stream<Path> each = Files.list(reports)) {
            each.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                .sorted()
                .forEach(files::add);
          }
        }
      }
    }
    List<Path> fresh = new ArrayList<>();
    for (Path file : files) {
      if (!Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
        fresh.add(file);
      }
    }
    return fresh;
  }

  /** One line that counts, and one for each reason. */
  static List<String> summary(List<TestReport> reports) {
    int tests = reports.stream().mapToInt(TestReport::tests).sum();
    List<TestReport.Skip> skipped =
        reports.stream().flatMap(report -> report.skipped().stream()).toList();
    if (tests == 0) {
      return List.of("Skipped tests: no tests were run.");
    }
    if (skipped.isEmpty()) {
      return List.of("Skipped tests: none of " + tests + ".");
    }
    Map<String, List<TestReport.Skip>> byReason =
        skipped.stream()
            .collect(
                Collectors.groupingBy(TestReport.Skip::reason, TreeMap::new, Collectors.toList()));
    List<String> lines = new ArrayList<>();
    lines.add("Skipped tests: %d of %d, because".formatted(skipped.size(), tests));
    byReason.forEach((reason, skips) -> lines.add(line(reason, skips)));
    return lines;
  }

  private static String line(String reason, List<TestReport.Skip> skips) {
    String classes =
        skips.stream()
            .map(TestReport.Skip::test)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return "  %d: %s [%s]".formatted(skips.size(), reason, classes);
  }
}
