package dev.assay.engine.calibration;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a stage of a recipe does: layer by layer, at once or after a look at all of them, or to the
 * model as a whole.
 */
public sealed interface CompressionMethod
    permits LayerwiseMethod, PlannedMethod, SourceMethod, WholeModelMethod {
  /** Those that rounding a linear, and comparing the outcome with it, take. */
  int USUAL_COPIES = 5;

  /** What it wants to know of the inputs of linears, layer by layer. */
  default Set<Statistic> statistics() {
    return Set.of();
  }

  /** Whether it looks at calibration samples. */
  default boolean needsCalibration() {
    return !statistics().isEmpty();
  }

  /** What training holds; nothing where it does not train. */
  default Optional<TrainingExtent> training(ModelSpec spec) {
    return Optional.empty();
  }

  /** Texts that it learns from, or looks at; none where it does not train. */
  default List<WantedText> texts() {
    return List.of();
  }

  /**
   * The type in which weights that stay dense are stored.
   *
   * @param source the type in which the checkpoint stores them
   */
  default DType storedType(DType source) {
    return source;
  }

  /**
   * Bits that the weights of linears will take, scales and zeros included; roughly, for forecasts.
   *
   * @param source the type in which the checkpoint stores them
   */
  default double storedBits(DType source) {
    return storedType(source).bytes() * 8.0;
  }

  /**
   * Makes sure that a model is such as it can work on, before anything is read of it.
   *
   * @throws dev.assay.engine.config.BadInputException if not; the message names layer and shape
   */
  default void requireFits(ModelSpec spec) {}

  /**
   * Makes sure that a model can learn what the method teaches it, from those that do, before a
   * tensor of any is read.
   *
   * @param source what the recipe began with
   * @param original what that is
   * @param shape what stages before leave of it
   * @throws dev.assay.engine.config.BadInputException if not
   */
  default void requireLesson(Checkpoint source, ModelSpec original, ModelSpec shape) {}

  /**
   * Why it leaves a model as it is, where the model's description tells that it does.
   *
   * @param selection what it works on
   */
  default Optional<String> leavesAll(ModelSpec spec, Selection selection) {
    return Optional.empty();
  }

  /**
   * Makes sure that a model's tokenizer has the tokens that it works with, before a weight is read.
   *
   * @param model the files of the model, or of what a stage before has made of it
   * @throws dev.assay.engine.config.BadInputException if not
   */
  default void requireTokens(Checkpoint model, ModelSpec spec) {}

  /**
   * Why it cannot work on a linear of a shape, in words that say what was found and what was
   * expected; nothing where it can.
   *
   * @param out rows
   * @param in columns
   */
  default Optional<String> misfit(long out, long in) {
    return Optional.empty();
  }

  /** The same of what stands beside the layers. */
  default Optional<String> misfitBeside(long out, long in) {
    return misfit(out, in);
  }

  /**
   * How it rounds what stands beside the layers, an embedding or a head, from the weight alone;
   * nothing where it cannot.
   */
  default Optional<GridRounding> besideLayers() {
    return Optional.empty();
  }

  /** Whether it makes a selected head a product of two, as {@link LayerwiseMethod} then says. */
  default boolean factorsHead() {
    return false;
  }

  /** Whether it works on the linears that are selected, rather than on the model as a whole. */
  default boolean selects() {
    return true;
  }

  /** Whether it moves factors between weights without rounding them, which is to come before. */
  default boolean folds() {
    return false;
  }

  /**
   * Whether it moves factors, alone or before it rounds: what it cannot do past a treated input.
   */
  default boolean movesFactors() {
    return folds();
  }

  /** Whether it rounds inputs of the linears that it works on, which is to happen once. */
  default boolean roundsInputs() {
    return false;
  }

  /** Whether it settles how keys and values are kept, which is to be said once. */
  default boolean keepsCaches() {
    return false;
  }

  /**
   * Whether it mixes channels, so that of zeros and codes nothing would be left: it comes before
   * all that does not fold.
   */
  default boolean turns() {
    return false;
  }

  /** Whether it rounds linears to fewer values, which is to happen to each of them once. */
  default boolean rounds() {
    return grid().isPresent();
  }

  /** Copies of a linear in float32 that working on it takes at once; roughly, for forecasts. */
  default int copies() {
    return USUAL_COPIES;
  }

  /**
   * Copies of a layer in float32 that training it takes at once, beside the layer itself; roughly,
   * for forecasts.
   */
  default int layersInTraining() {
    return 0;
  }

  /** Copies of the samples' hidden states that it holds at once; roughly, for forecasts. */
  default int states() {
    return 1;
  }

  /**
   * Whether it looks at gradients of the model's loss, see {@link GradientSurvey}, which take a
   * hidden state more than there are layers.
   */
  default boolean differentiates() {
    return false;
  }

  /**
   * How many layers it drops, so that those behind have other numbers afterwards; at least so many
   * where that depends on how many there are.
   */
  default int droppedLayers() {
    return 0;
  }

  /**
   * How many layers it drops of so many.
   *
   * @param depth layers that there are
   */
  default int droppedLayers(int depth) {
    return droppedLayers();
  }

  /** Whether it ties layers to those beside them, so that none can be dropped afterwards. */
  default boolean bindsLayers() {
    return false;
  }

  /**
   * Why other tools will not load what it makes; nothing where they may.
   *
   * @return in words that go behind "only Assay loads it: "
   */
  default Optional<String> ownOnly() {
    return Optional.empty();
  }

  /**
   * Whether it makes layers narrower, of which values are kept as they are: what was rounded or
   * treated before would be lost.
   */
  default boolean narrows() {
    return false;
  }

  /**
   * Whether it makes the stream between layers narrower, and with it the embedding and the head,
   * which are stored value by value then.
   */
  default boolean narrowsStream() {
    return false;
  }

  /**
   * Whether what it leaves of the weights is as it was: it takes parts out, or says what of the
   * model tokens go through.
   */
  default boolean leavesWeights() {
    return droppedLayers() > 0;
  }

  /** Whether it drops experts, so that those that are left have other numbers afterwards. */
  default boolean renumbersExperts() {
    return false;
  }

  /** Whether it loads the whole model at once, rather than a layer; for forecasts. */
  default boolean loadsModel() {
    return false;
  }

  /**
   * The model that it leaves of one, as far as that can be told beforehand: for checks of what
   * comes after it.
   *
   * @param selection of the linears that it works on
   */
  default ModelSpec narrowed(ModelSpec spec, Selection selection) {
    return spec;
  }

  /**
   * Models that it may leave of one, as far as that can be told beforehand: some where a look at
   * the model decides between them, the first of many; for notes of what other tools load.
   *
   * @param selection of the linears that it works on
   */
  default List<ModelSpec> mayLeave(ModelSpec spec, Selection selection) {
    return List.of(narrowed(spec, selection));
  }

  /**
   * Whether what it settles is of the model as it is then, so that no stage may come behind, and no
   * model in which it has settled that may be compressed further.
   */
  default boolean comesLast() {
    return false;
  }

  /**
   * What of its work other tools pass over when they load what it leaves, in words; nothing where
   * they do not, or where that is a matter of how weights are stored.
   */
  default Optional<String> passedOver() {
    return Optional.empty();
  }

  /**
   * Whether it makes linears products of two, which a stage that stores them anew would make whole
   * again.
   */
  default boolean factors() {
    return false;
  }

  /**
   * Whether it rounds linears each by its weight and its input alone, and so can round the factors
   * of one that a stage before has made a product of two, as linears of their own: the right one by
   * the product's input, then the left one by what the right one makes of it.
   */
  default boolean roundsFactors() {
    return false;
  }

  /** Whether it trains both factors of a linear that a stage before has made a product of two. */
  default boolean trainsFactors() {
    return false;
  }

  /** Whether it works on what is rounded already, by a stage before or in the checkpoint. */
  default boolean needsRounding() {
    return false;
  }

  /** Whether it makes values of linears that a stage before has rounded, which would be lost. */
  default boolean losesRounding() {
    return factors();
  }

  /**
   * Whether it adds what was trained for the weights of the checkpoint: behind a stage after which
   * they stand for something else it would be wrong.
   */
  default boolean adapts() {
    return false;
  }

  /** Whether it puts a product beside linears, which a stage that stores them anew would lose. */
  default boolean putsBeside() {
    return corrects();
  }

  /**
   * Whether it stores linears in another form of the same values, which a stage that stores them
   * anew would undo, and which is nothing to do to what is rounded.
   */
  default boolean storesLast() {
    return false;
  }

  /** Whether it works on linears that a model has in a format, by its name. */
  default boolean takes(String format) {
    return true;
  }

  /**
   * Whether it puts something beside linears that a stage before has rounded, to make up for it. It
   * is shown the weights as they were before, and those that they are stored as beside.
   */
  default boolean corrects() {
    return false;
  }

  /** The uniform grid that it wants linears on; nothing where it quantizes none, or otherwise. */
  default Optional<GridForm> grid() {
    return Optional.empty();
  }

  /**
   * Whether it stores linears in a form that compressed-tensors publishes and no other
   * configuration can say, so that codes on grids are to be in its layout too.
   */
  default boolean inCompressedTensors() {
    return false;
  }
}
