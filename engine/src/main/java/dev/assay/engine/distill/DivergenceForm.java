package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;

/**
 * How far the student's distribution q of the next token is from the teacher's p. Entries that have
 * an infinite logit, as those of a padded vocabulary, are left out of what would not be finite.
 */
public sealed interface DivergenceForm {
  /** A {@code divergence.Divergence}. */
  ModuleNode node();

  /**
   * Σ p (log p − log q).
   *
   * @param entropy whether Σ p log p is part of it, which has no gradient
   * @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al. 2015</a>
   */
  record ForwardKl(
      @Default("true") @Describe("subtract the teacher's entropy, which has no gradient")
          boolean entropy)
      implements DivergenceForm {
    @Override
    public ModuleNode node() {
      return TermBuild.node("divergences.ForwardKl").with("entropy", entropy);
    }
  }

  /**
   * −Σ p log q.
   *
   * @see <a href="https://arxiv.org/abs/2002.12620">Yang et al. 2020, TextBrewer</a>
   */
  record SoftCrossEntropy() implements DivergenceForm {
    @Override
    public ModuleNode node() {
      return new ForwardKl(false).node();
    }
  }

  /**
   * Σ q (log q − log p).
   *
   * @see <a href="https://arxiv.org/abs/2306.08543">Gu et al. 2024, MiniLLM</a>
   */
  record ReverseKl() implements DivergenceForm {
    @Override
    public ModuleNode node() {
      return TermBuild.node("divergences.ReverseKl");
    }
  }

  /**
   * (1 − λ) Σ p (log p − log q) + λ Σ q (log q − log p).
   *
   * @param lambda λ
   * @param entropy whether Σ p log p is part of it, which has no gradient; not in the published
   *     code
   * @see <a href="https://arxiv.org/abs/2402.03898">Ko et al. 2024, DistiLLM</a>
   */
  record SymmetricKl(
      @Default("0.9") @Describe("weight of the reverse divergence") double lambda,
      @Default("true") @Describe("subtract the teacher's entropy, which has no gradient")
          boolean entropy)
      implements DivergenceForm {
    public SymmetricKl {
      Require.within("lambda", lambda, 0, 1);
    }

    @Override
    public ModuleNode node() {
      return TermBuild.node("divergences.SymmetricKl")
          .with("reverse", lambda)
          .with("forward", new ForwardKl(entropy).node());
    }
  }

  /**
   * λ KL(q‖m) + (1 − λ) KL(p‖m) with m = (1 − λ) p + λ q.
   *
   * @param lambda λ
   * @see <a href="https://arxiv.org/abs/2402.03898">Ko et al. 2024, DistiLLM</a>
   */
  record JensenShannon(
      @Default("0.9") @Describe("share of the student in the mixture") double lambda)
      implements DivergenceForm {
    public JensenShannon {
      Require.share("lambda", lambda);
    }

    @Override
    public ModuleNode node() {
      return new GeneralizedJsd(1 - lambda).node();
    }
  }

  /**
   * ½ Σ |p − q|.
   *
   * @see <a href="https://arxiv.org/abs/2307.15190">Wen et al. 2023, f-divergences</a>
   */
  record TotalVariation() implements DivergenceForm {
    @Override
    public ModuleNode node() {
      return TermBuild.node("divergences.TotalVariation");
    }
  }

  /**
   * Σ p (log p − log(λ p + (1 − λ) q)).
   *
   * @param lambda λ
   * @param entropy whether Σ p log p is part of it, which has no gradient; not in the published
   *     code
   * @see <a href="https://arxiv.org/abs/2402.03898">Ko et al. 2024, DistiLLM</a>
   */
  record SkewedForwardKl(
      @Default("0.1") @Describe("share of the teacher in the mixture") double lambda,
      @Default("true") @Describe("subtract the teacher's entropy, which has no gradient")
          boolean entropy)
      implements DivergenceForm {
    public SkewedForwardKl {
      Require.share("lambda", lambda);
    }

    @Override
    public ModuleNode node() {
      return TermBuild.node("divergences.SkewedForwardKl")
          .with("share", lambda)
          .with("forward", new ForwardKl(entropy).node());
    }
  }

  /**
   * KL(q‖(1 − λ) p + λ q).
   *
   * @param lambda λ
   * @see <a href="https://arxiv.org/abs/2402.03898">Ko et al. 2024, DistiLLM</a>
   */
  record SkewedReverseKl(
      @Default("0.1") @Describe("share of the student in the mixture") double lambda)
      implements DivergenceForm {
    public SkewedReverseKl {
      Require.share("lambda", lambda);
    }

    @Override
    public ModuleNode node() {
      return TermBuild.node("divergences.SkewedReverseKl").with("share", lambda);
    }
  }

  /**
   * β KL(p‖m) + (1 − β) KL(q‖m) with m = β p + (1 − β) q; KL(p‖q) at 0 and KL(q‖p) at 1.
   *
   * @param beta β
   * @see <a href="https://arxiv.org/abs/2306.13649">Agarwal et al. 2024, GKD</a>
   */
  record GeneralizedJsd(
      @Default("0.5")
          @Describe("share of the teacher in the mixture; 0: forward divergence, 1: reverse")
          double beta)
      implements DivergenceForm {
    public GeneralizedJsd {
      Require.within("beta", beta, 0, 1);
    }

    @Override
    public ModuleNode node() {
      return TermBuild.node("jsd.GeneralizedJsd").with("beta", beta);
    }
  }

  /**
   * Forward and reverse divergence, weighted token by token by how much of |p − q| lies in the
   * teacher's most probable entries, and how much in the others.
   *
   * @param mass of the former at most, but for the first
   * @see <a href="https://arxiv.org/abs/2404.02657">Wu et al. 2024, adaptive KL</a>
   */
  record AdaptiveKl(
      @Default("0.5") @Describe("what the teacher's most probable entries sum up to at most")
          double mass)
      implements DivergenceForm {
    public AdaptiveKl {
      Require.share("mass", mass);
    }

    @Override
    public ModuleNode node() {
      return TermBuild.node("adaptive.AdaptiveKl").with("mass", mass);
    }
  }

  /**
   * The divergence of GKD on the k most probable tokens: the teacher's at β = 0, the student's at
   * 1, else those of both.
   *
   * @param k how many
   * @param tail whether the others together are one more entry; else both are divided by their sums
   * @param beta β
   */
  record TopK(
      @Default("64") @Describe("how many tokens of each position count") int k,
      @Default("true") @Describe("the others count as one more, else not at all") boolean tail,
      @Default("0") @Describe("0: forward divergence, 1: reverse, else what lies between")
          double beta)
      implements DivergenceForm {
    public TopK {
      Require.atLeast("k", k, 1);
      Require.within("beta", beta, 0, 1);
    }

    @Override
    public ModuleNode node() {
      return TermBuild.node("top.TopK").with("k", k).with("tail", tail).with("beta", beta);
    }
  }
}
