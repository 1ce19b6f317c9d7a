package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import java.util.List;

/**
 * DistilBERT's loss: the divergence from the teacher under a temperature, over all tokens or those
 * that have a label, the cross-entropy of labels, and 1 − cos of the last states, of either as
 * well.
 *
 * @param temperature of the divergence, which is multiplied by its square
 * @param divergence weight of it
 * @param labels weight of the cross-entropy, of a masked or a causal model
 * @param cosine weight of states
 * @param mse weight of the squares of what logits differ by
 * @param tokens over which logits are compared
 * @param states over which tokens last states are
 * @see <a href="https://arxiv.org/abs/1910.01108">Sanh et al. 2019, DistilBERT</a>
 */
public record DistilBert(
    @Default("2") @Describe("what logits are divided by in the divergence") double temperature,
    @Default("5") @Describe("weight of the divergence from the teacher") double divergence,
    @Default("2") @Describe("weight of the cross-entropy of labels") double labels,
    @Default("1") @Describe("weight of the angle between last states") double cosine,
    @Default("0") @Describe("weight of the squares of what logits differ by") double mse,
    @Default("attended") @Describe("over which tokens logits are compared") Tokens tokens,
    @Default("attended") @Describe("over which tokens last states are compared") Tokens states)
    implements LossTerm {
  public DistilBert {
    Numbers.positive("temperature", temperature);
    Numbers.notNegative("divergence", divergence);
    Numbers.notNegative("labels", labels);
    Numbers.notNegative("cosine", cosine);
    Numbers.notNegative("mse", mse);
  }

  private StateTerm cosineTerm() {
    return new StateTerm(
        new HiddenCosine(Projection.NONE), new Compared(LayerMap.LAST, null, null, states));
  }

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    Terms terms = new Terms();
    terms.plus(
        divergence,
        new SoftTargets(new DivergenceForm.ForwardKl(true), Soft.at(temperature, true).over(tokens))
            .module(build));
    terms.plus(labels, CrossEntropy.plain().module(build));
    if (cosine != 0) {
      terms.plus(cosine, cosineTerm().module(build));
    }
    return terms.plus(mse, new LogitMse(Soft.at(1, false).over(tokens)).module(build)).sum();
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return cosine == 0 ? Needs.NONE : cosineTerm().needs(studentLayers, teacherLayers);
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.vocabularies("distilbert", student, teachers);
    if (cosine != 0) {
      Fit.widths("distilbert", student, teachers);
    }
  }

  @Override
  public boolean comparesVocabularies() {
    return true;
  }

  @Override
  public boolean readsLabels() {
    return labels > 0;
  }
}
