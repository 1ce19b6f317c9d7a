package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.torch.ModuleNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What filters of a model that stays as it is are learned by, before {@link Ted}: the cross-entropy
 * of labels by a head of its own behind each. The model is the student here, and there is no
 * teacher.
 *
 * @param filters what filters are; the width is the model's own if left out
 * @param behind numbers of the states that they are behind, one each; null for those of the
 *     interval
 * @see <a href="https://arxiv.org/abs/2210.01351">Liang et al. 2023, TED</a>
 */
public record TedFilters(
    @Default("{}") @Describe("the filters of states") FilterForm filters,
    @Describe("numbers of the states that they are behind; those of the interval if left out")
        @Nullable List<Integer> behind)
    implements LossTerm {
  public TedFilters {
    if (behind != null) {
      behind = List.copyOf(behind);
      Require.that(!behind.isEmpty(), "behind", behind, "at least one");
    }
  }

  /** Where filters are. */
  private List<StateMatch> matches(int layers) {
    List<Integer> named = behind;
    if (named == null) {
      return filters.matches(layers, layers);
    }
    if (named.stream().anyMatch(each -> each < 0 || each > layers)) {
      throw new BadInputException(
          "behind: found %s in a model of %d layers, expected states from 0 to that"
              .formatted(named, layers));
    }
    return named.stream().map(each -> new StateMatch(each, each)).toList();
  }

  @Override
  public TermModule module(TermBuild build) {
    ModelSizes model = build.student();
    List<StateMatch> pairs = matches(model.layers());
    int width = filters.widthOf(model);
    List<ModuleNode> nodes =
        pairs.stream().map(each -> filters.node(build, model.hidden(), width)).toList();
    List<ModuleNode> heads =
        pairs.stream().map(each -> build.affine(width, model.vocabulary())).toList();
    return TermModule.learned(
        TermBuild.node("filter_task.FilterTask")
            .with("pairs", new StateModules(pairs, Tokens.SCORED).numbered(nodes.size()))
            .with("filters", nodes)
            .with("heads", heads));
  }

  @Override
  public Needs needs(int studentLayers, int teacherLayers) {
    Needs states = StateMatch.states(matches(studentLayers));
    return new Needs(states.student(), Reads.NONE);
  }

  @Override
  public void requireFit(ModelSizes student, List<ModelSizes> teachers) {
    List<StateMatch> unused = matches(student.layers());
  }

  @Override
  public boolean needsTeacher() {
    return false;
  }

  @Override
  public boolean readsLabels() {
    return true;
  }
}
