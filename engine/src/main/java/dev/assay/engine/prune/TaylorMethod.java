package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.ExtentOfModel;
import dev.assay.engine.calibration.Giving;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.ParameterShare;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedStore;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters.Within;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.ModelCensus;
import dev.assay.engine.working.WorkingModel;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Removes the weights without which the loss moves least. A layer is changed once the gradients
 * have passed it, so that all are those of the model as it was.
 */
final class TaylorMethod implements WholeModelMethod, ExtentOfModel {
  private final TaylorParameters parameters;

  TaylorMethod(TaylorParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public Set<Statistic> statistics() {
    Set<Statistic> wanted = EnumSet.noneOf(Statistic.class);
    if (parameters.refit() != null) {
      wanted.add(Statistic.HESSIAN);
    }
    if (parameters.owl() != null) {
      wanted.addAll(OutlierLook.SCORED);
    }
    return wanted;
  }

  @Override
  public boolean differentiates() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    GradientSurvey.requireFits(spec);
  }

  @Override
  public void requireExtent(ModelSpec spec, Selection selection, long all) {
    Sparsity unused = sparsity(spec, selection, () -> all);
  }

  /** What goes of the linears. */
  private Sparsity sparsity(ModelSpec spec, Selection selection, LongSupplier all) {
    return parameters.of() == SparsityOf.MODEL
        ? SparsityOf.ofLinears(
            parameters.sparsity().ratio(),
            ParameterShare.of(spec, selection, all.getAsLong(), Giving.ALL))
        : parameters.sparsity();
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return parameters.sparsity().misfit(in);
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    TaylorScores scores =
        new TaylorScores(new GradientSurvey(model.before(), context), parameters.order());
    SurveyedStore store = new SurveyedStore(model, context);
    Sparsity sparsity =
        sparsity(
            model.spec(),
            context.selection(),
            () -> ModelCensus.of(context.torch(), model).parameters());
    LayerBudgets budgets = budgets(model, context, sparsity);
    Pruning pruning = pruning(scores, sparsity);
    int depth = model.spec().layers();
    Set<ScoreSource.Place> unfelt = new HashSet<>();
    scores.look(
        (layer, scope, linears, weight, score) -> {
          boolean silent = scores.isSilent(score);
          Sparsity own = budgets.of(layer.position());
          NDArray pruned =
              silent
                  ? byMagnitude(context.torch(), scope, weight, own)
                  : pruning.prune(scope, weight, score, own);
          String note = silent ? "pruned by magnitude: the loss does not feel it" : null;
          store.put(layer, linears, pruned, note);
          if (silent) {
            unfelt.add(new ScoreSource.Place(layer.position(), linears.get(0)));
          }
          context.progress().done(depth - layer.position(), depth);
        });
    if (parameters.refit() != null) {
      new SurveyedRefit(model, context).run(unfelt, store);
    }
    return store.outcomes();
  }

  /** What goes from each layer. */
  private LayerBudgets budgets(WorkingModel model, StageContext context, Sparsity sparsity) {
    if (parameters.owl() == null) {
      return LayerBudgets.alike(sparsity);
    }
    Map<Integer, Sparsity> found =
        new OutlierLook(parameters.owl(), sparsity.ratio())
            .budgets(new LayerSurvey(model.before(), context));
    return layer -> Objects.requireNonNull(found.get(layer), "a layer that was looked at");
  }

  /** Removes weights by their scores. */
  private interface Pruning {
    /**
     * @param own what goes of them, where layers are looked at one by one
     */
    NDArray prune(NDManager owner, NDArray weight, NDArray score, Sparsity own);
  }

  private Pruning pruning(TaylorScores scores, Sparsity sparsity) {
    TorchSession torch = scores.torch();
    if (parameters.within() == Within.MODEL) {
      ScoreBorder border = ScoreBorder.find(scores, sparsity.ratio());
      // Of those that tie the first go, in the order of the look.
      long[] left = {border.ties()};
      return (owner, weight, score, own) -> {
        long here = Math.min(left[0], border.countAt(torch, score));
        left[0] -= here;
        return border.prune(torch, owner, weight, score, here);
      };
    }
    return (owner, weight, score, own) -> {
      if (own instanceof Sparsity.NofM pattern) {
        return SmallestScores.ofRuns(torch, owner, weight, score, pattern).weight();
      }
      return parameters.within() == Within.ROW
          ? SmallestScores.ofRows(torch, owner, weight, score, own.ratio()).weight()
          : SmallestScores.ofAll(torch, owner, weight, score, own.ratio()).weight();
    };
  }

  private NDArray byMagnitude(
      TorchSession torch, NDManager owner, NDArray weight, Sparsity sparsity) {
    return parameters.within() == Within.ROW
        ? MagnitudePruner.pruneRows(torch, owner, weight, sparsity).weight()
        : MagnitudePruner.prune(torch, owner, weight, sparsity).weight();
  }
}
