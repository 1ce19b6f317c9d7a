package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One figure over another of the same metric and protocol.
 *
 * <p>How the interval comes about, the first that applies:
 *
 * <ol>
 *   <li><b>Paired</b>, for perplexity, whose samples are those of the same windows in the same
 *       order: Student's interval of the mean of ln(aᵢ/bᵢ), exponentiated. The windows' own
 *       difficulty cancels.
 *   <li><b>Paired</b>, for bits per byte of two cells that read the same text: the standard error
 *       of a ratio of sums, of the losses of the same windows, or where tokenizers and so windows
 *       differ of the same stretches of text; see {@link PairedLosses}.
 *   <li><b>Difference of mean logarithms</b>, where both values are geometric means of their
 *       samples: Student's interval of it with Welch's degrees of freedom, exponentiated.
 *   <li><b>Delta method on the logarithm</b>, where both values are means of their samples: ln(a/b)
 *       ± t(ν) · √(sₐ²/(nₐa²) + s_b²/(n_b b²)) with ν of Welch and Satterthwaite, exponentiated.
 *   <li><b>Quotient of intervals</b>, where both figures have one: [low(a)/high(b), high(a)/low(b)]
 *       with confidence 1 − (αₐ + α_b) by Bonferroni's inequality; wide, but right for medians too.
 *   <li>None otherwise, as for computed figures, which are exact.
 * </ol>
 *
 * @param value the quotient of the two published values
 * @param interval its confidence interval, where one can be had
 */
public record Ratio(double value, @Nullable Interval interval) {
  /** Confidence of the intervals that are made from samples. */
  public static final double CONFIDENCE = 0.99;

  public Ratio {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("ratio " + value + " is not positive and finite");
    }
  }

  /**
   * @return numerator over denominator; empty unless both have a value above 0
   * @throws IllegalArgumentException if the two differ in metric, protocol or unit
   */
  public static Optional<Ratio> of(Measurement numerator, Measurement denominator) {
    requireComparable(numerator, denominator);
    Double a = numerator.value();
    Double b = denominator.value();
    if (a == null || b == null || !(a > 0) || !(b > 0)) {
      return Optional.empty();
    }
    Optional<Interval> interval =
        paired(numerator, denominator)
            .or(() -> LogRatio.ofGeometricMeans(numerator, denominator, CONFIDENCE))
            .or(() -> LogRatio.ofMeans(numerator, denominator, CONFIDENCE))
            .or(() -> quotient(numerator.interval(), denominator.interval()));
    return Optional.of(new Ratio(a / b, interval.orElse(null)));
  }

  /**
   * The same of figures whose cells are known, so that bits per byte are compared stretch by
   * stretch of the text.
   */
  static Optional<Ratio> of(Taken numerator, Taken denominator) {
    return of(numerator.figure(), denominator.figure())
        .map(
            ratio ->
                PairedLosses.interval(numerator, denominator, CONFIDENCE)
                    .map(interval -> new Ratio(ratio.value(), interval))
                    .orElse(ratio));
  }

  /** The paired interval where the two were taken of the same text; else empty. */
  static Optional<Interval> paired(Taken a, Taken b) {
    return paired(a.figure(), b.figure()).or(() -> PairedLosses.interval(a, b, CONFIDENCE));
  }

  /** Whether the interval (or, without one, the value) leaves open which figure is larger. */
  public boolean isTie() {
    return interval == null ? value == 1 : interval.low() <= 1 && 1 <= interval.high();
  }

  /** The paired interval where the two have samples of the same windows; else empty. */
  private static Optional<Interval> paired(Measurement a, Measurement b) {
    return a.metric().equals(Metrics.PERPLEXITY)
        ? LogRatio.paired(a, b, CONFIDENCE)
        : Optional.empty();
  }

  private static Optional<Interval> quotient(@Nullable Interval a, @Nullable Interval b) {
    if (a == null || b == null || !(a.low() > 0) || !(b.low() > 0)) {
      return Optional.empty();
    }
    double confidence = 1 - (1 - a.confidence()) - (1 - b.confidence());
    return confidence > 0
        ? Interval.of(a.low() / b.high(), a.high() / b.low(), confidence, "quotient of intervals")
        : Optional.empty();
  }

  private static void requireComparable(Measurement a, Measurement b) {
    if (!MetricKey.of(a).equals(MetricKey.of(b)) || !a.unit().equals(b.unit())) {
      throw new IllegalArgumentException(
          "no ratio of %s (protocol %s, %s) to %s (protocol %s, %s)"
              .formatted(
                  a.metric(),
                  a.protocol().id(),
                  a.unit(),
                  b.metric(),
                  b.protocol().id(),
                  b.unit()));
    }
  }
}
