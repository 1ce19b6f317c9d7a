package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Writes texts on. Those that begin with more tokens than others read theirs while the others are
 * written already, so that no text is padded in front. A token depends on the model, on what stands
 * before it and on its draw alone.
 *
 * @param source of the probabilities
 * @param ends tokens behind which a text does not go on
 */
public record TextWriter(TorchSession torch, NextTokens.Source source, Set<Long> ends) {
  /** In place of a draw: the most probable token. */
  public static final double MOST_PROBABLE = -1;

  public TextWriter {
    ends = Set.copyOf(ends);
  }

  /**
   * Writes on what texts begin with.
   *
   * @param begun at least one token each
   * @param draws for each text and token that is written at most: from 0 to below 1, which token of
   *     those in the order of their ids, by the sum of probabilities up to it; or {@link
   *     #MOST_PROBABLE}
   * @return the texts as far as they were written, with what ended them
   */
  public List<long[]> write(List<long[]> begun, double[][] draws) {
    if (begun.isEmpty() || begun.size() != draws.length) {
      throw new IllegalArgumentException(
          "found %d texts and draws of %d, expected as many, and some"
              .formatted(begun.size(), draws.length));
    }
    Sheet sheet = new Sheet(begun, draws);
    ScriptModule script = torch.script(TextWriter.class, "sampling.py");
    try (NextTokens next = source.begin(begun.size(), sheet.width())) {
      long[][] given = sheet.columns(0, sheet.shortest());
      for (int at = sheet.shortest(); sheet.isOpen(at); at++) {
        long[] drawn;
        try (NDManager scope = torch.manager().newSubManager()) {
          NDArray probabilities = next.behind(scope, given);
          drawn =
              script
                  .call(scope, "drawn", probabilities, scope.create(sheet.draws(at)))
                  .toLongArray();
        }
        sheet.put(at, drawn, ends);
        given = sheet.columns(at, at + 1);
      }
    }
    return sheet.texts();
  }

  /** Texts beside each other as they grow. */
  private static final class Sheet {
    private final long[][] ids;
    private final int[] begun;
    private final double[][] draws;

    /** Tokens of each at most; of one that has ended, of all. */
    private final int[] length;

    Sheet(List<long[]> texts, double[][] draws) {
      this.draws = draws;
      this.begun = texts.stream().mapToInt(each -> each.length).toArray();
      this.length = new int[begun.length];
      Arrays.setAll(length, row -> begun[row] + draws[row].length);
      int width = Arrays.stream(length).max().orElseThrow();
      this.ids = texts.stream().map(each -> Arrays.copyOf(each, width)).toArray(long[][]::new);
    }

    int width() {
      return ids[0].length;
    }

    int shortest() {
      return Arrays.stream(begun).min().orElseThrow();
    }

    /** Whether some text goes on at a place. */
    boolean isOpen(int at) {
      return Arrays.stream(length).anyMatch(each -> at < each);
    }

    private boolean isWritten(int row, int at) {
      return at >= begun[row] && at < length[row];
    }

    double[] draws(int at) {
      double[] own = new double[ids.length];
      for (int row = 0; row < own.length; row++) {
        own[row] = isWritten(row, at) ? draws[row][at - begun[row]] : MOST_PROBABLE;
      }
      return own;
    }

    void put(int at, long[] drawn, Set<Long> ends) {
      for (int row = 0; row < ids.length; row++) {
        if (isWritten(row, at)) {
          ids[row][at] = drawn[row];
          length[row] = ends.contains(drawn[row]) ? at + 1 : length[row];
        }
      }
    }

    long[][] columns(int from, int to) {
      return Arrays.stream(ids)
          .map(row -> Arrays.copyOfRange(row, from, to))
          .toArray(long[][]::new);
    }

    List<long[]> texts() {
      List<long[]> texts = new ArrayList<>();
      for (int row = 0; row < ids.length; row++) {
        texts.add(Arrays.copyOf(ids[row], length[row]));
      }
      return texts;
    }
  }
}
