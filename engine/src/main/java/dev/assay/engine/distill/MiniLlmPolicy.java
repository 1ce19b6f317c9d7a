package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;
import org.jspecify.annotations.Nullable;

/**
 * MiniLLM: the reverse divergence of whole answers that the student, or a mixture of it and the
 * teacher, samples, lowered by the gradient of its policy.
 *
 * @param discount γ, of rewards of later tokens
 * @param clip ε, how far from 1 the ratio of probabilities counts
 * @param rewardClip most of a reward either way; null for any
 * @param rewardScale what rewards are divided by; null for nothing
 * @param teacherShare α, of the teacher in what samples; null for the student alone
 * @param temperature that logits are divided by, but for rewards
 * @param perToken whether returns are per token that is left
 * @see <a href="https://arxiv.org/abs/2306.08543">Gu et al. 2024, MiniLLM</a>
 */
public record MiniLlmPolicy(
    @Default("0.95") @Describe("how much rewards of later tokens count") double discount,
    @Default("0.2") @Describe("how far from 1 the ratio of probabilities counts") double clip,
    @Describe("most of a reward either way; any if left out") @Nullable Double rewardClip,
    @Describe("what rewards are divided by; nothing if left out") @Nullable Double rewardScale,
    @Describe("share of the teacher in what samples; none if left out")
        @Nullable Double teacherShare,
    @Default("1") @Describe("what logits are divided by, but for rewards") double temperature,
    @Default("true") @Describe("returns are per token that is left") boolean perToken) {
  public MiniLlmPolicy {
    Require.within("discount", discount, 0, 1);
    Require.share("clip", clip);
    requirePositive("rewardClip", rewardClip);
    requirePositive("rewardScale", rewardScale);
    if (teacherShare != null) {
      Require.share("teacherShare", teacherShare);
    }
    requirePositive("temperature", temperature);
  }

  private static void requirePositive(String key, @Nullable Double value) {
    if (value != null) {
      Numbers.positive(key, value);
    }
  }

  /** The {@code minillm.MiniLlm}. */
  ModuleNode module() {
    return TermBuild.node("minillm.MiniLlm")
        .with("discount", discount)
        .with("clip", clip)
        .with("reward_clip", rewardClip == null ? 0 : rewardClip)
        .with("reward_scale", rewardScale == null ? 1 : rewardScale)
        .with("share", teacherShare == null ? 0 : teacherShare)
        .with("temperature", temperature)
        .with("per_token", perToken);
  }
}
