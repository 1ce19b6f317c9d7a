package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.SamplePlot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Draws raw samples as dots, from left to right in the order taken. */
final class SamplePlots {
  private static final int WIDTH = 180;
  private static final int HEIGHT = 36;
  private static final int MARGIN = 4;

  private SamplePlots() {}

  /** The plot; null if there are no samples. */
  static @Nullable SamplePlot of(Measurement measurement, Scale scale) {
    List<Double> samples = measurement.samples();
    if (samples.isEmpty()) {
      return null;
    }
    double least = Collections.min(samples);
    double most = Collections.max(samples);
    List<SamplePlot.Dot> dots = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      double across = samples.size() == 1 ? 0.5 : i / (samples.size() - 1.0);
      double up = most == least ? 0.5 : (samples.get(i) - least) / (most - least);
      dots.add(new SamplePlot.Dot(at(WIDTH, across), at(HEIGHT, 1 - up)));
    }
    return new SamplePlot(
        WIDTH,
        HEIGHT,
        dots,
        scale.number(least) + " to " + scale.text(most),
        samples.stream().map(sample -> Double.toString(sample)).toList(),
        measurement.unit());
  }

  private static String at(int size, double share) {
    return String.format(Locale.ROOT, "%.1f", MARGIN + share * (size - 2 * MARGIN));
  }
}
