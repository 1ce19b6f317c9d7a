package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What each window of a text cost a cell, and how much of the text it was, from samples of a
 * perplexity and of bits per byte.
 *
 * @param nats mean loss of each window's tokens
 * @param lengths bytes of each window's tokens, in a unit that is the same for all windows of as
 *     many tokens: nats over the sample of bits per byte
 */
record WindowLosses(List<Double> nats, List<Double> lengths) {
  WindowLosses {
    nats = List.copyOf(nats);
    lengths = List.copyOf(lengths);
  }

  /**
   * Those of a cell.
   *
   * @return empty unless the figures have as many samples, two or more, all that cost something
   */
  static Optional<WindowLosses> of(Measurement perplexity, Measurement bitsPerByte) {
    int count = perplexity.samples().size();
    if (count < 2 || count != bitsPerByte.samples().size()) {
      return Optional.empty();
    }
    List<Double> nats = new ArrayList<>();
    List<Double> lengths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double loss = Math.log(perplexity.samples().get(i));
      double bits = bitsPerByte.samples().get(i);
      if (!(loss > 0) || !(bits > 0)) {
        return Optional.empty();
      }
      nats.add(loss);
      lengths.add(loss / bits);
    }
    return Optional.of(new WindowLosses(nats, lengths));
  }

  /** Of the whole text. */
  double length() {
    return lengths.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** The longest window. */
  double longest() {
    return lengths.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  /**
   * What the text cost between borders, a window's loss being spread evenly over its bytes.
   *
   * @param borders rising, from 0 to at most the length of the text
   * @return one fewer than borders
   */
  List<Double> between(List<Double> borders) {
    List<Double> until = borders.stream().map(this::until).toList();
    List<Double> costs = new ArrayList<>();
    for (int i = 1; i < until.size(); i++) {
      costs.add(until.get(i) - until.get(i - 1));
    }
    return costs;
  }

  private double until(double border) {
    double start = 0;
    double cost = 0;
    for (int i = 0; i < nats.size(); i++) {
      double part = Math.min(1, (border - start) / lengths.get(i));
      if (part <= 0) {
        break;
      }
      cost += part * nats.get(i);
      start += lengths.get(i);
    }
    return cost;
  }
}
