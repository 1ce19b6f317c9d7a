package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.List;

/**
 * The gradient of the reverse divergence of whole answers by the policy that wrote them. No recipe
 * names it among its terms, as it is of what was written alone.
 *
 * @see <a href="https://arxiv.org/abs/2306.08543">Gu et al. 2024, MiniLLM</a>
 */
public record PolicyGradient(MiniLlmPolicy policy) implements LossTerm {
  static final String NAME = "minillm";

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    ModuleNode rule = policy.module();
    return TermModule.learned(TermBuild.node("policy_gradient.PolicyGradient").with("rule", rule));
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return Needs.NONE;
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.oneTeacher(NAME, teachers);
    Fit.vocabularies(NAME, student, teachers);
  }

  @Override
  public boolean comparesVocabularies() {
    return true;
  }
}
