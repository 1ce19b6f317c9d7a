package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Intervals of ratios of bits per byte of two cells that read the same text; see {@link Ratio}.
 * Where their windows are the same, bytes cancel and what is left is the ratio of two sums of
 * window losses. Where tokenizers differ, so do windows; then the text is cut into at most 16
 * stretches where windows of the cell end that has fewer, and the other's losses are spread evenly
 * over the bytes of each of its windows.
 */
final class PairedLosses {
  /** How far ratios may be apart that are the same but for rounding. */
  private static final double TOLERANCE = 1e-6;

  /** Long ones, as what is spread across a border is a lesser part of them. */
  private static final int STRETCHES = 16;

  private static final String WHOLE = "the whole text";

  private PairedLosses() {}

  /**
   * The interval of the ratio.
   *
   * @return empty unless the figures are bits per byte of the same text, from losses that stand
   *     beside them
   */
  static Optional<Interval> interval(Taken a, Taken b, double confidence) {
    Measurement before = a.perplexity().orElse(null);
    Measurement other = b.perplexity().orElse(null);
    if (before == null || other == null) {
      return Optional.empty();
    }
    Optional<WindowLosses> first = WindowLosses.of(before, a.figure());
    Optional<WindowLosses> second = WindowLosses.of(other, b.figure());
    if (first.isEmpty() || second.isEmpty()) {
      return Optional.empty();
    }
    double ratio = value(a) / value(b);
    return MetricKey.of(before).equals(MetricKey.of(other))
        ? same(first.get(), second.get(), ratio, confidence)
        : cut(a, first.get(), second.get(), ratio, confidence);
  }

  private static double value(Taken taken) {
    return Objects.requireNonNull(taken.figure().value());
  }

  private static Optional<Interval> same(
      WindowLosses a, WindowLosses b, double ratio, double confidence) {
    int count = a.nats().size();
    if (count != b.nats().size()
        || Math.abs(sum(a.nats()) / sum(b.nats()) / ratio - 1) > TOLERANCE) {
      return Optional.empty();
    }
    return ofSums(
        a.nats(), b.nats(), ratio, confidence, "Student t of " + count + " paired windows");
  }

  private static Optional<Interval> cut(
      Taken taken, WindowLosses a, WindowLosses b, double ratio, double confidence) {
    boolean whole = WHOLE.equals(taken.figure().protocol().settings().get("read"));
    double apart = Math.abs(a.length() - b.length());
    if (!whole || apart > 2 * Math.max(a.longest(), b.longest())) {
      return Optional.empty();
    }
    WindowLosses fewer = a.nats().size() < b.nats().size() ? a : b;
    List<Double> borders = borders(fewer.lengths(), Math.min(a.length(), b.length()));
    int stretches = borders.size() - 1;
    return stretches < 2
        ? Optional.empty()
        : ofSums(
            a.between(borders),
            b.between(borders),
            ratio,
            confidence,
            "Student t of " + stretches + " paired stretches of text");
  }

  /**
   * Ends of windows that cut a text into stretches of about as many of them.
   *
   * @param most where the text ends
   */
  private static List<Double> borders(List<Double> lengths, double most) {
    List<Double> ends = new ArrayList<>(List.of(0.0));
    for (double length : lengths) {
      double next = ends.get(ends.size() - 1) + length;
      if (next <= most) {
        ends.add(next);
      }
    }
    int windows = ends.size() - 1;
    int stretches = Math.min(windows, STRETCHES);
    return IntStream.rangeClosed(0, stretches)
        .mapToObj(i -> ends.get((int) ((long) i * windows / Math.max(1, stretches))))
        .toList();
  }

  /** About a ratio, by how far the parts of one sum are from it times those of the other. */
  private static Optional<Interval> ofSums(
      List<Double> a, List<Double> b, double ratio, double confidence, String method) {
    double own = sum(a) / sum(b);
    double mean = sum(b) / b.size();
    List<Double> off =
        IntStream.range(0, a.size())
            .mapToObj(i -> (a.get(i) - own * b.get(i)) / (own * mean))
            .toList();
    double margin =
        MeanInterval.quantile(confidence, off.size() - 1) * Summary.of(off).standardError();
    double low = ratio * Math.exp(-margin);
    return low > 0
        ? Interval.of(low, ratio * Math.exp(margin), confidence, method)
        : Optional.empty();
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }
}
