package dev.assay.harness.measure.generation;

import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens a generation reads and writes.
 *
 * @param prompt tokens read
 * @param generated tokens written, the first of them by the prefill
 */
public record GenerationLength(int prompt, int generated) {
  /** What either is where nobody says and the context has room. */
  public static final int USUAL = 128;

  /** Positions of a prompt of one token and the first of two that are generated. */
  private static final int SHORTEST = 2;

  public GenerationLength {
    Require.atLeast("promptLength", prompt, 1);
    Require.atLeast("decodeLength", generated, 2);
  }

  /**
   * The length that speed and memory are measured at: what the suite says, and where it does not
   * say, {@value #USUAL} and {@value #USUAL}, or as many as the context has room for.
   *
   * @param context positions of the model
   * @throws InvalidValueException if what the suite says does not fit, or nothing does; its key is
   *     that of {@link LatencyMeasure}
   */
  public static GenerationLength of(Measures measures, int context) {
    LatencyMeasure latency = measures.latency();
    return latency == null
        ? of(null, null, context)
        : of(latency.promptLength(), latency.decodeLength(), context);
  }

  private static GenerationLength of(
      @Nullable Integer prompt, @Nullable Integer generated, int context) {
    if (prompt != null) {
      Require.that(
          prompt < context,
          "promptLength",
          prompt,
          "at most %d, as a further token has to fit into the context of %d"
              .formatted(context - 1, context));
    } else if (context < SHORTEST) {
      throw new InvalidValueException(
          "promptLength", "a context of " + context, "room for a prompt and a further token");
    }
    if (generated != null) {
      int most = context - (prompt == null ? 1 : prompt) + 1;
      Require.that(
          generated <= most,
          "decodeLength",
          generated,
          "at most %d, as a prompt of %s comes before in the context of %d"
              .formatted(most, prompt == null ? "one token" : prompt, context));
    }
    int read = prompt != null ? prompt : Math.min(USUAL, room(generated, context));
    int written = generated != null ? generated : Math.min(USUAL, context - read + 1);
    return new GenerationLength(read, written);
  }

  /** Positions that a prompt of no given length can have; half of them where nothing is given. */
  private static int room(@Nullable Integer generated, int context) {
    return generated == null ? context - context / 2 : context - generated + 1;
  }

  /** Decode steps: every token but the first. */
  public int steps() {
    return generated - 1;
  }

  /**
   * Positions that a decode step attends to on average: prompt + 1 in the first step, one more in
   * each that follows.
   */
  public double meanContext() {
    return prompt + generated / 2.0;
  }

  /** Positions in use at the end; the last token is never read again. */
  public int capacity() {
    return prompt + steps();
  }
}
