package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Task-aware distillation: the cross-entropy of labels, the divergence from the teacher under a
 * temperature, and mean squares of what states differ by that went through filters. The student's
 * filters are learned; those of the teacher were, by {@link TedFilters}, and stay.
 *
 * @param divergence weight of the divergence, which is multiplied by the temperature's square
 * @param states weight of filtered states
 * @param temperature of the divergence
 * @param filters what filters are
 * @param filterSteps steps that filters of both models are trained by the task before; null where
 *     they stay as they are drawn
 * @see <a href="https://arxiv.org/abs/2210.01351">Liang et al. 2023, TED</a>
 */
public record Ted(
    @Default("1") @Describe("weight of the divergence from the teacher") double divergence,
    @Default("1") @Describe("weight of what filtered states differ by") double states,
    @Default("2") @Describe("what logits are divided by in the divergence") double temperature,
    @Default("{}") @Describe("the filters of states") FilterForm filters,
    @Describe("steps that filters of both models are trained by the task before; none if left out")
        @Nullable Integer filterSteps)
    implements LossTerm {
  public Ted {
    Numbers.notNegative("divergence", divergence);
    Numbers.positive("states", states);
    Numbers.positive("temperature", temperature);
    if (filterSteps != null) {
      Require.atLeast("filterSteps", filterSteps, 1);
    }
  }

  /**
   * What filters of one of the models are trained by before, that model being the student and
   * alone.
   *
   * @param teacher whether it is the teacher
   */
  public TedFilters task(ModelSizes student, ModelSizes master, boolean teacher) {
    List<Integer> behind =
        filters.matches(student.layers(), master.layers()).stream()
            .map(each -> teacher ? each.teacher() : each.student())
            .toList();
    FilterForm same =
        new FilterForm(
            filters.interval(), filters.widthOf(master), filters.bent(), filters.tokens());
    return new TedFilters(same, behind);
  }

  @Override
  public TermModule module(TermBuild build) {
    requireFit(build.student(), build.teachers());
    List<StateMatch> pairs = filters.matches(build.student().layers(), build.teacher().layers());
    int width = filters.widthOf(build.teacher());
    List<ModuleNode> its =
        pairs.stream().map(each -> filters.node(build, build.student().hidden(), width)).toList();
    List<ModuleNode> targets =
        pairs.stream().map(each -> filters.node(build, build.teacher().hidden(), width)).toList();
    Terms terms = new Terms().plus(1, CrossEntropy.plain().module(build));
    if (divergence != 0) {
      terms.plus(
          divergence,
          new SoftTargets(new DivergenceForm.ForwardKl(true), Soft.at(temperature, true))
              .module(build));
    }
    return terms
        .plus(
            states,
            new StateModules(pairs, filters.tokens()).states(its, targets, "MeanSquare", false))
        .sum();
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    return StateMatch.states(filters.matches(studentLayers, teacherLayers));
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    Fit.teacher("ted", teachers);
    if (divergence != 0) {
      Fit.vocabularies("ted", student, teachers);
    }
    filters.matches(student.layers(), teachers.get(0).layers());
  }

  @Override
  public boolean comparesVocabularies() {
    return divergence != 0;
  }

  @Override
  public boolean readsLabels() {
    return true;
  }
}
