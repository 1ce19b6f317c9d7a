package dev.assay.engine.conditional;

import dev.assay.engine.model.EarlyExits.Confidence;
import dev.assay.engine.run.ExitingModel.Told;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What the head says of tokens at each exit and behind the last layer, where none leaves: by it all
 * thresholds are judged at once. Tokens read the keys and values of the whole model.
 */
final class ExitTable {
  private final Confidence measure;
  private final List<List<Told>> sequences = new ArrayList<>();

  ExitTable(Confidence measure) {
    this.measure = measure;
  }

  /**
   * Takes up a sequence.
   *
   * @param told at each exit and behind the last layer
   */
  void add(List<Told> told) {
    sequences.add(List.copyOf(told));
  }

  /** The place at which a token leaves: an exit's number, or as many as there are exits. */
  static int place(List<Told> told, int token, Confidence measure, double threshold) {
    int last = told.size() - 1;
    for (int exit = 0; exit < last; exit++) {
      if (measure.leaves(told.get(exit).scores()[token], threshold)) {
        return exit;
      }
    }
    return last;
  }

  /**
   * What a threshold gives.
   *
   * @param leaving share of all tokens that leave at each exit
   * @param perplexity exponential of the mean loss
   */
  record Outcome(List<Double> leaving, double perplexity) {}

  Outcome of(double threshold) {
    int exits = sequences.get(0).size() - 1;
    long[] left = new long[exits + 1];
    double losses = 0;
    long tokens = 0;
    long scored = 0;
    for (List<Told> told : sequences) {
      int length = told.get(0).scores().length;
      for (int token = 0; token < length; token++) {
        int place = place(told, token, measure, threshold);
        left[place]++;
        losses += told.get(place).losses()[token];
      }
      tokens += length;
      scored += length - 1;
    }
    double all = (double) tokens;
    return new Outcome(
        Arrays.stream(left).limit(exits).mapToObj(count -> count / all).toList(),
        Math.exp(losses / scored));
  }

  /** The perplexity of tokens that go through all layers. */
  double full() {
    double losses = 0;
    long scored = 0;
    for (List<Told> told : sequences) {
      float[] last = told.get(told.size() - 1).losses();
      for (float loss : last) {
        losses += loss;
      }
      scored += last.length - 1;
    }
    return Math.exp(losses / scored);
  }

  /** Thresholds that part the scores at all exits into equal numbers of tokens, rising. */
  List<Double> thresholds(int count) {
    List<Float> scores = new ArrayList<>();
    for (List<Told> told : sequences) {
      for (Told exit : told.subList(0, told.size() - 1)) {
        for (float score : exit.scores()) {
          scores.add(score);
        }
      }
    }
    Collections.sort(scores);
    List<Double> found = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      int at = (int) ((long) i * scores.size() / (count + 1));
      found.add((double) scores.get(Math.min(at, scores.size() - 1)));
    }
    return found.stream().distinct().toList();
  }
}
