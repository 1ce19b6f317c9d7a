package dev.assay.engine.train;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * How much goes out of a text that an encoder reads, for its decoder to write.
 *
 * @param share of tokens that go
 * @param length of the spans in which they go, on average
 * @see <a href="https://arxiv.org/abs/1910.10683">Raffel et al. 2020, T5</a>
 */
public record Spans(
    @Default("0.15") @Describe("share of tokens that are taken out and to be written") double share,
    @Default("3") @Describe("tokens of a span that is taken out, on average") double length) {
  /** As T5 was trained. */
  public static final Spans DEFAULT = new Spans(0.15, 3);

  public Spans {
    Require.share("share", share);
    Require.that(length >= 1 && Double.isFinite(length), "length", length, "at least 1");
  }

  /** Spans that go out of a text of so many tokens, of which there are at least 2. */
  public int count(int tokens) {
    int gone = gone(tokens);
    return Math.max(1, (int) Math.rint(Math.min(gone, tokens - gone) / length));
  }

  /** Tokens that go out of it. */
  int gone(int tokens) {
    return Math.min(Math.max((int) Math.rint(tokens * share), 1), tokens - 1);
  }
}
