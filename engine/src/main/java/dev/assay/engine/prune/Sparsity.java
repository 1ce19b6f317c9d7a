package dev.assay.engine.prune;

import dev.assay.engine.config.ScalarForm;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many weights are zeroed, and in which pattern. */
public sealed interface Sparsity {
  /**
   * What can be said. Of a pattern the weights that stay come first, as hardware has it. The
   * command lines of published codes mean those that go: SparseGPT's {@code --prunen 1 --prunem 4},
   * and 1:4 by the code of Wanda, prune one of four, which is 3:4 here.
   *
   * @see <a href="https://github.com/locuslab/wanda/blob/8e8fc87/lib/prune.py">prune_n of
   *     prune_m</a>
   */
  String EXPECTED =
      "a ratio such as 0.5 or a pattern such as 2:4 (of a ratio that share goes; of n:m stay n of"
          + " every m, where published command lines prune n)";

  /** Share of the weights that are zeroed. */
  double ratio();

  /** Why rows of so many columns cannot be pruned so, if so. */
  default Optional<String> misfit(long columns) {
    return Optional.empty();
  }

  /**
   * Reads a ratio ({@code 0.5}) or an N:M pattern ({@code 2:4}).
   *
   * @throws IllegalArgumentException for anything else
   */
  @ScalarForm(
      expected = Sparsity.EXPECTED,
      types = {"number", "string"},
      pattern = "^[0-9]{1,4}:[0-9]{1,4}$")
  static Sparsity parse(String text) {
    Matcher pattern = Pattern.compile("(\\d{1,4}):(\\d{1,4})").matcher(text);
    if (pattern.matches()) {
      return new NofM(Integer.parseInt(pattern.group(1)), Integer.parseInt(pattern.group(2)));
    }
    try {
      return new Unstructured(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  /**
   * Any weight may go.
   *
   * @param ratio share of the weights that are zeroed, above 0 and below 1
   */
  record Unstructured(double ratio) implements Sparsity {
    public Unstructured {
      if (!(ratio > 0 && ratio < 1)) {
        throw new IllegalArgumentException("a ratio above 0 and below 1");
      }
    }

    @Override
    public String toString() {
      return Double.toString(ratio);
    }
  }

  /**
   * Of every m consecutive inputs of a row at most n weights stay, as sparse tensor cores want 2:4.
   *
   * @param n weights that stay
   * @param m weights in a run
   * @see <a href="https://arxiv.org/abs/2104.08378">Mishra et al. 2021</a>
   */
  record NofM(int n, int m) implements Sparsity {
    public NofM {
      if (n < 1 || n >= m) {
        throw new IllegalArgumentException(
            "a pattern n:m with 1 <= n < m, of which n stay of every m");
      }
    }

    @Override
    public Optional<String> misfit(long columns) {
      return columns % m == 0
          ? Optional.empty()
          : Optional.of(
              "found %d columns, expected a multiple of %d, as the pattern %s wants it"
                  .formatted(columns, m, this));
    }

    /** Weights that are zeroed in a run. */
    public int pruned() {
      return m - n;
    }

    @Override
    public double ratio() {
      return (double) pruned() / m;
    }

    @Override
    public String toString() {
      return n + ":" + m;
    }
  }
}
