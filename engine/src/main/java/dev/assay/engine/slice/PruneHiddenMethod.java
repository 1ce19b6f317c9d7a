package dev.assay.engine.slice;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.NarrowerStream;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.WorkingModel;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Takes channels out of the residual stream, the same from the embedding to the head, so that an
 * ordinary model of its family is left. Norms of fewer channels are multiplied by what keeps those
 * that stay as large as they were on calibration text.
 *
 * @see <a href="https://arxiv.org/abs/2407.14679">Muralidharan et al. 2024, Minitron</a>
 */
final class PruneHiddenMethod implements WholeModelMethod {
  private static final int MAIN = 0;

  private final PruneHiddenParameters parameters;

  PruneHiddenMethod(PruneHiddenParameters parameters) {
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
  public boolean narrows() {
    return true;
  }

  @Override
  public boolean narrowsStream() {
    return true;
  }

  @Override
  public ModelSpec narrowed(ModelSpec spec, Selection selection) {
    return NarrowerStream.of(spec, parameters.width(spec.spec().hiddenSize()));
  }

  @Override
  public void requireFits(ModelSpec model) {
    SliceCheck.require(model, parameters.keep(), parameters.multiple());
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    TorchSession torch = context.torch();
    ModelWeights before = model.before();
    StreamLook look = StreamLook.at(before, context, parameters.score());
    long[] kept = kept(look.scores());
    StreamCut cut = new StreamCut(torch, before, look, kept);
    model.reshape(narrowed(before.spec(), context.selection()));
    boolean recovers = parameters.recovery() != null && kept.length < look.scores().length;
    StreamRecovery recovery = new StreamRecovery(context, before, kept);
    BiConsumer<Integer, StreamCut.Reader> put =
        (layer, reader) -> put(torch, model, cut, layer, reader);
    if (recovers) {
      recovery.layers(put);
    } else {
      for (int layer = 0; layer < before.spec().main().depth(); layer++) {
        put.accept(layer, cut.asTheyAre());
      }
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      boolean head = recovers && !before.spec().spec().tiedHead();
      model.putBeside(cut.beside(scope, head ? recovery.head(scope) : cut.asTheyAre()));
    }
    return List.of();
  }

  private static void put(
      TorchSession torch, WorkingModel model, StreamCut cut, int layer, StreamCut.Reader reader) {
    try (NDManager scope = torch.manager().newSubManager()) {
      model.put(
          MAIN, layer, cut.layer(scope, layer, reader), JsonNodeFactory.instance.objectNode());
    }
  }

  /** Those that count most, rising; of some that count alike the first. */
  private long[] kept(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(channel -> -scores[channel]))
        .limit(parameters.width(scores.length))
        .mapToLong(Integer::longValue)
        .sorted()
        .toArray();
  }
}
