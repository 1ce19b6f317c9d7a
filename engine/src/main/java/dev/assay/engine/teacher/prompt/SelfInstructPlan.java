package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * How instructions are made of seeds; the numbers are those of Wang et al. 2023 (arXiv 2212.10560).
 *
 * @param wanted instructions to make
 * @param mostRequests requests after which no more are made, whatever is missing
 * @param shown instructions that each request shows
 * @param ownShown of these, how many the model made itself, once there are as many
 * @param asked instructions that each request asks for
 * @param similarity ROUGE-L with a seed or another instruction from which one is dropped
 * @param seed of the choice of what is shown
 * @param rules which instructions are of use
 */
public record SelfInstructPlan(
    @Describe("instructions to make") int wanted,
    @Describe("requests after which no more are made") @Default("1000") int mostRequests,
    @Describe("instructions that each request shows") @Default("8") int shown,
    @Describe("of these, how many the model made itself") @Default("2") int ownShown,
    @Describe("instructions that each request asks for") @Default("8") int asked,
    @Describe("ROUGE-L with another instruction from which one is dropped") @Default("0.7")
        double similarity,
    @Describe("seed of the choice of what is shown") @Default("0") long seed,
    @Describe("which instructions are of use") @Default("{}") InstructionRules rules) {
  private static final int LARGEST = 100;

  public SelfInstructPlan {
    Require.atLeast("wanted", wanted, 1);
    Require.atLeast("mostRequests", mostRequests, 1);
    Require.between("shown", shown, 1, LARGEST);
    Require.between("ownShown", ownShown, 0, shown);
    Require.between("asked", asked, 1, LARGEST);
    Require.that(similarity > 0 && similarity <= 1, "similarity", similarity, "above 0, 1 at most");
  }

  /** As published. */
  public static SelfInstructPlan of(int wanted, long seed) {
    return new SelfInstructPlan(wanted, 1000, 8, 2, 8, 0.7, seed, InstructionRules.DEFAULT);
  }
}
