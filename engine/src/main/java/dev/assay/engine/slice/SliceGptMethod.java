package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.fold.BesideRotation;
import dev.assay.engine.fold.StreamRotation;
import dev.assay.engine.model.FoldedNorms;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.SlicedStream;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;

/**
 * SliceGPT: norms are folded into the linears that read them; then, place by place along the
 * residual stream, its principal components on calibration text are found in the model as it has
 * been sliced so far, linears are turned to them, and the least of them go. Memory is that of a
 * layer, of the states of the samples, and of the embedding and the head.
 *
 * @see <a href="https://arxiv.org/abs/2401.15024">Ashkboos et al. 2024</a>
 * @see <a
 *     href="https://github.com/microsoft/TransformerCompression/blob/6b12cde/src/slicegpt/rotate.py">
 *     rotate_and_slice</a>
 */
final class SliceGptMethod implements WholeModelMethod {
  private static final int MAIN = 0;
  private static final int COPIES = 28;

  private final SliceGptParameters parameters;
  private final Looker looker;

  /** Sees the bases that were found. */
  @FunctionalInterface
  interface Looker {
    /**
     * @param place along the stream: 0 behind the embedding, then behind each part of each layer
     */
    void see(int place, StreamBasis basis);
  }

  SliceGptMethod(SliceGptParameters parameters) {
    this(parameters, (place, basis) -> {});
  }

  SliceGptMethod(SliceGptParameters parameters, Looker looker) {
    this.parameters = parameters;
    this.looker = looker;
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
  public boolean turns() {
    return true;
  }

  /** A layer as it is, folded and turned, in float64 on the way there. */
  @Override
  public int copies() {
    return COPIES;
  }

  @Override
  public boolean bindsLayers() {
    return true;
  }

  @Override
  public Optional<String> ownOnly() {
    return Optional.of(
        "the stream between layers is narrower than the model, and past attention and feed-forward"
            + " multiplied by matrices, for which no family's configuration has words");
  }

  @Override
  public ModelSpec narrowed(ModelSpec spec, Selection selection) {
    return stream(spec.spec()).of(FoldedNorms.of(spec, MAIN).untied(), MAIN);
  }

  private SlicedStream stream(StackSpec spec) {
    Double epsilon = parameters.epsilon();
    return new SlicedStream(
        parameters.width(spec.hiddenSize()), epsilon == null ? spec.norm().epsilon() : epsilon);
  }

  @Override
  public void requireFits(ModelSpec model) {
    SliceCheck.require(parameters, model);
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    TorchSession torch = context.torch();
    ModelWeights before = model.before();
    StackSpec spec = before.spec().spec();
    SlicedStream stream = stream(spec);
    ModelSpec folded = FoldedNorms.of(model.spec(), MAIN);
    model.reshape(folded);
    ModelWeights unsliced = model.before();
    model.reshape(narrowed(before.spec(), context.selection()));
    boolean centred = parameters.centred() || spec.norm().kind() == NormSpec.Kind.LAYER;
    try (NDManager walk = torch.manager().newSubManager();
        LayerRunner runner = new LayerRunner(torch, unsliced, MAIN)) {
      SlicedStates states =
          SlicedStates.embedded(
              torch, walk, before, context.requiredSamples(), stream.epsilon(), centred);
      SlicedLayers layers = new SlicedLayers(torch, before, folded, stream, states, runner, looker);
      NDArray first = layers.first(walk);
      NDArray last = first;
      for (int layer = 0; layer < folded.main().depth(); layer++) {
        try (NDManager scope = walk.newSubManager()) {
          SlicedLayers.Sliced sliced = layers.next(walk, scope, last, layer);
          model.put(MAIN, layer, sliced.changes(), JsonNodeFactory.instance.objectNode());
          if (layer > 0) {
            last.close();
          }
          last = sliced.columns();
        }
        context.progress().done(layer + 1, folded.main().depth());
      }
      model.putBeside(
          new BesideRotation(
                  torch,
                  walk,
                  new StreamRotation.Orthogonal(first),
                  new StreamRotation.Orthogonal(last),
                  centred,
                  before,
                  MAIN)
              .changes());
    }
    return List.of();
  }
}
