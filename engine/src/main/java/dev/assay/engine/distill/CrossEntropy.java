package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;

/**
 * −log q of what is wanted; some of what is wanted may be spread over the vocabulary.
 *
 * @param smoothing share that is
 * @param reduction what the sum is divided by
 * @see <a href="https://arxiv.org/abs/1512.00567">Szegedy et al. 2016, label smoothing</a>
 */
public record CrossEntropy(
    @Default("0") @Describe("share of what is wanted that is spread over the vocabulary")
        double smoothing,
    @Default("tokens") @Describe("what the sum over tokens is divided by") Reduction reduction)
    implements LossTerm {
  public CrossEntropy {
    Require.that(smoothing >= 0 && smoothing < 1, "smoothing", smoothing, "from 0 to below 1");
  }

  /** Per token. */
  public static CrossEntropy plain() {
    return new CrossEntropy(0, Reduction.TOKENS);
  }

  @Override
  public TermModule module(TermBuild build) {
    return TermModule.learned(node());
  }

  /** The {@code cross_entropy.CrossEntropy} that computes it, of whatever models. */
  public ModuleNode node() {
    return TermBuild.node("cross_entropy.CrossEntropy")
        .with("rows", TermBuild.node("cross_entropy.LabelRows").with("smoothing", smoothing))
        .with("reduction", reduction.code());
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {}

  @Override
  public boolean needsTeacher() {
    return false;
  }

  @Override
  public boolean readsLabels() {
    return true;
  }
}
