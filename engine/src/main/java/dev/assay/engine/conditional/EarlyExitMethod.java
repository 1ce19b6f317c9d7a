package dev.assay.engine.conditional;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.EarlyExits.Exit;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;

/**
 * Lets tokens leave before the last layer. No weight changes. Thresholds are judged by a look at
 * the calibration text in which no token leaves; the one that is taken is held against the text as
 * it runs, each token decoded.
 */
final class EarlyExitMethod implements WholeModelMethod {
  private static final int MAIN = 0;

  private final EarlyExitParameters parameters;

  EarlyExitMethod(EarlyExitParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public boolean leavesWeights() {
    return true;
  }

  @Override
  public boolean loadsModel() {
    return true;
  }

  @Override
  public boolean comesLast() {
    return true;
  }

  @Override
  public Optional<String> passedOver() {
    return Optional.of("only Assay lets tokens leave early; other tools run all layers");
  }

  @Override
  public void requireFits(ModelSpec spec) {
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "found a model that does not continue text, expected one that does");
    }
    if (spec.spec().sliced() != null) {
      throw new BadInputException(
          "found a stream of several widths between layers, expected one: the head reads that behind the last");
    }
    int depth = spec.main().depth();
    List<Integer> after = after(depth);
    if (depth < 2 || after.get(after.size() - 1) >= depth) {
      throw new BadInputException(
          "layers: found %s, expected numbers below the model's %d layers".formatted(after, depth));
    }
  }

  private List<Integer> after(int depth) {
    List<Integer> given = parameters.layers();
    return given == null ? List.of(Math.max(1, depth / 2)) : given;
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    ModelSpec spec = model.spec();
    List<Exit> exits =
        after(spec.main().depth()).stream().map(after -> new Exit(after, 0)).toList();
    // The threshold of a model at which one looks is of no account.
    EarlyExits looked = new EarlyExits(parameters.measure(), 0, exits, List.of());
    model.reshape(spec.with(MAIN, spec.main().with(looked)));
    EarlyExits found;
    try (LanguageModel running =
        LanguageModel.load(
            context.torch(), model.now(), Execution.reference(context.torch().device()))) {
      found = new ExitSearch(parameters, running, context).run();
    }
    model.reshape(spec.with(MAIN, spec.main().with(found)));
    return List.of();
  }
}
