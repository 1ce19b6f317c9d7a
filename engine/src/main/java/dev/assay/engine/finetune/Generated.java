package dev.assay.engine.finetune;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.Draws;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.run.TextWriter;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * Text that the model writes itself, as it was when the recipe began: a first token of all that
 * there are, each as probable as the others, some behind it that are the most probable, and the
 * rest drawn as the model has them. A token that ends texts ends none of these, as windows of a
 * text go on behind one, too.
 *
 * @param sequences how many
 * @param length tokens of each; capped at the model's context
 * @param seed of what is drawn
 * @param greedy how many tokens behind the first are the most probable: the least and the greatest
 *     number, of which each sequence draws one
 * @see <a href="https://arxiv.org/abs/2305.17888">Liu et al. 2023, LLM-QAT</a>
 */
public record Generated(
    @Default("512") @Describe("how many sequences are written") int sequences,
    @Default("256") @Describe("tokens of each, capped at the model's context") int length,
    @Default("0") @Describe("seed of what is drawn") long seed,
    @Default("[3, 5]")
        @Describe("tokens behind the first that are the most probable, from so many to so many")
        List<Integer> greedy) {
  /** Written beside each other. */
  private static final int TOGETHER = 32;

  public Generated {
    Require.atLeast("sequences", sequences, 1);
    Require.atLeast("length", length, 2);
    greedy = List.copyOf(greedy);
    Require.that(
        greedy.size() == 2 && greedy.get(0) >= 0 && greedy.get(0) <= greedy.get(1),
        "greedy",
        greedy,
        "two numbers, the least from 0 and the greatest, such as [3, 5]");
  }

  /**
   * Writes them.
   *
   * @param model what the recipe began with
   * @param heard takes how many are written
   */
  List<long[]> write(TorchSession torch, ModelWeights model, IntConsumer heard) {
    int tokens = Math.min(length, model.spec().spec().contextLength());
    int known = known(model);
    Draws draws = new Draws(seed);
    List<long[]> written = new ArrayList<>();
    try (LanguageModel own =
        LanguageModel.load(torch, model, Execution.reference(torch.device()))) {
      TextWriter writer = new TextWriter(torch, own.writing(), Set.of());
      while (written.size() < sequences) {
        List<long[]> begun = new ArrayList<>();
        List<double[]> rest = new ArrayList<>();
        int some = Math.min(TOGETHER, sequences - written.size());
        for (int i = 0; i < some; i++) {
          SplittableRandom random = draws.of(written.size() + i);
          begun.add(new long[] {random.nextInt(known)});
          rest.add(rest(random, tokens - 1));
        }
        written.addAll(writer.write(begun, rest.toArray(double[][]::new)));
        heard.accept(written.size());
      }
    }
    return written;
  }

  private double[] rest(SplittableRandom random, int count) {
    int likely = greedy.get(0) + random.nextInt(greedy.get(1) - greedy.get(0) + 1);
    double[] rest = random.doubles(count).toArray();
    Arrays.fill(rest, 0, Math.min(likely, count), TextWriter.MOST_PROBABLE);
    return rest;
  }

  /** Tokens that there are; models are often padded to more rows. */
  private static int known(ModelWeights model) {
    int rows = model.spec().spec().vocabularySize();
    Checkpoint checkpoint = model.checkpoint();
    if (!checkpoint.hasTokenizer()) {
      return rows;
    }
    try (Tokenizer tokenizer = checkpoint.tokenizer()) {
      return Math.toIntExact(Math.min(rows, tokenizer.largestId() + 1));
    }
  }

  /**
   * Makes sure that a model reads what another has written.
   *
   * @throws BadInputException if it has other tokens
   */
  void requireReads(ModelWeights student, ModelWeights writer) {
    long own = student.spec().spec().vocabularySize();
    long its = writer.spec().spec().vocabularySize();
    if (own != its) {
      throw new BadInputException(
          "generated: found a model of %d tokens, expected the %d of what the recipe began with, which writes: put what changes the vocabulary behind"
              .formatted(own, its));
    }
  }
}
