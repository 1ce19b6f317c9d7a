package dev.assay.engine.run;

import dev.assay.engine.model.EarlyExits;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The exits of a language model at work, which stays its owner's to close.
 *
 * @param exits where tokens leave
 * @param model the model
 */
public record ExitingModel(EarlyExits exits, LanguageModel model) {
  /** What the head says of the tokens of a sequence behind some layer. */
  public static final class Told {
    private final float[] scores;
    private final float[] losses;
    private final long[] best;

    private Told(float[] scores, float[] losses, long[] best) {
      this.scores = scores;
      this.losses = losses;
      this.best = best;
    }

    /** How sure it is of each. */
    public float[] scores() {
      return scores.clone();
    }

    /** −log p of the next token, natural logarithm; 0 of the last. */
    public float[] losses() {
      return losses.clone();
    }

    /** The most likely next tokens. */
    public long[] best() {
      return best.clone();
    }
  }

  /** At each exit, and behind the last layer, of tokens of which none leaves. */
  public List<Told> look(long[] ids) {
    float[] flat = model.flat("looked_at", new long[][] {ids});
    int tokens = ids.length;
    return IntStream.range(0, flat.length / (3 * tokens))
        .mapToObj(
            place -> {
              int from = 3 * tokens * place;
              float[] best = Arrays.copyOfRange(flat, from + 2 * tokens, from + 3 * tokens);
              long[] numbers = IntStream.range(0, tokens).mapToLong(i -> (long) best[i]).toArray();
              return new Told(
                  Arrays.copyOfRange(flat, from, from + tokens),
                  Arrays.copyOfRange(flat, from + tokens, from + 2 * tokens),
                  numbers);
            })
        .toList();
  }

  /** The losses of {@link LanguageModel#tokenLosses} of one sequence with another threshold. */
  public float[] losses(long[] ids, double threshold) {
    return model.losses(new long[][] {ids}, "losses_from", threshold)[0];
  }

  /** Layers that each token of a sequence goes through, if it is decoded. */
  public int[] layersUsed(long[] ids) {
    return layersUsed(ids, exits.threshold());
  }

  /** The same with another threshold. */
  public int[] layersUsed(long[] ids, double threshold) {
    float[] used = model.flat("layers_used", new long[][] {ids}, threshold);
    return IntStream.range(0, used.length).map(token -> (int) used[token]).toArray();
  }
}
