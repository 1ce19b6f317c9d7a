package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How logits of student and teachers are compared.
 *
 * @param temperature that both are divided by
 * @param scaled whether the value is multiplied by its square, so that gradients stay of one size
 * @param reduction what the sum over tokens is divided by
 * @param tokens which count
 * @param teachers how several become one
 * @param teacherWeights how much each counts, for its share of their sum; null for all the same
 */
public record Soft(
    @Default("1") @Describe("what the logits of both are divided by") double temperature,
    @Default("false") @Describe("multiply by the temperature's square") boolean scaled,
    @Default("tokens") @Describe("what the sum over tokens is divided by") Reduction reduction,
    @Default("scored") @Describe("which tokens count: those with a label, or all but padding")
        Tokens tokens,
    @Default("probabilities") @Describe("what of several teachers is averaged") Combine teachers,
    @Describe("how much each teacher counts, for its share of their sum; all the same if left out")
        @Nullable List<Double> teacherWeights) {
  public Soft {
    Numbers.positive("temperature", temperature);
    if (teacherWeights != null) {
      teacherWeights = List.copyOf(teacherWeights);
      Require.that(
          !teacherWeights.isEmpty()
              && teacherWeights.stream().allMatch(each -> each > 0 && Double.isFinite(each)),
          "teacherWeights",
          teacherWeights,
          "numbers above 0");
    }
  }

  /** Of tokens that are scored, per token. */
  public static Soft at(double temperature, boolean scaled) {
    return new Soft(
        temperature, scaled, Reduction.TOKENS, Tokens.SCORED, Combine.PROBABILITIES, null);
  }

  /** The same over other tokens. */
  Soft over(Tokens others) {
    return new Soft(temperature, scaled, reduction, others, teachers, teacherWeights);
  }

  /** The same with another divisor. */
  Soft per(Reduction other) {
    return new Soft(temperature, scaled, other, tokens, teachers, teacherWeights);
  }

  void requireFit(String term, List<ModelSizes> sizes) {
    if (teacherWeights != null && teacherWeights.size() != sizes.size()) {
      throw new BadInputException(
          "%s: teacherWeights: found %d, expected one for each of %d teachers"
              .formatted(term, teacherWeights.size(), sizes.size()));
    }
  }

  /**
   * A term of what is lost at rows of logits.
   *
   * @param rows a {@code row_loss.RowLoss}
   * @param factor what the sum is multiplied by
   */
  TermModule module(TermBuild build, ModuleNode rows, double factor) {
    return new TermModule(
        TermBuild.node("soft_targets.SoftTargets")
            .with("rows", rows)
            .with("factor", factor)
            .with("attended", tokens.attended())
            .with("reduction", reduction.code())
            .with("weights", shares(build)),
        Set.of("weights"));
  }

  /** What each teacher counts, of a sum of 1: float32 [teachers]. */
  private NDArray shares(TermBuild build) {
    int count = build.teachers().size();
    float[] shares = new float[count];
    Arrays.fill(shares, 1f / count);
    if (teacherWeights != null) {
      double sum = teacherWeights.stream().mapToDouble(Double::doubleValue).sum();
      for (int i = 0; i < count; i++) {
        shares[i] = (float) (teacherWeights.get(i) / sum);
      }
    }
    return build.owned(shares, new Shape(count));
  }
}
