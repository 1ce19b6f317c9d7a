package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.SourceMethod;
import java.util.List;

/** The orders in which stages may not stand, the first that is broken being told. */
final class StageOrders {
  private StageOrders() {}

  /** Those that concern what becomes of weights, of inputs and of caches. */
  static List<StageOrder> all() {
    return List.of(
        // It makes the checkpoint that all others work on.
        StageOrder.onModel(
            SourceMethod.class::isInstance,
            method -> true,
            "stage %s: found it behind '%s', expected it to be the first: those behind it are calibrated in the tokens that it leaves"),
        // Where tokens leave was found on the model as it was.
        StageOrder.onModel(
            method -> true,
            CompressionMethod::comesLast,
            "stage %s: found it behind '%s', expected that to be the last: what it settles is of the model as it is then"),
        // Steps that quantize are to select linears apart, and those that fold come before.
        StageOrder.onLinears(
            CompressionMethod::folds,
            CompressionMethod::rounds,
            "%s: found it selected by '%s', which moves factors, after '%s', which rounds it, expected the other order"),
        StageOrder.onLinears(
            CompressionMethod::rounds,
            CompressionMethod::rounds,
            "%s: found it selected by '%s', which rounds it, and by '%s' before, expected one rounding of a linear"),
        // A factor does not pass what is done to an input, and would be left where it is.
        StageOrder.onLinears(
            CompressionMethod::movesFactors,
            CompressionMethod::roundsInputs,
            "%s: found it selected by '%s', which moves factors, after '%s', which rounds its input, expected the other order"),
        // What was pruned or rounded would be mixed with the rest.
        StageOrder.onModel(
            CompressionMethod::turns,
            method -> !method.folds() && !method.leavesWeights(),
            "stage %s: found it after '%s', expected it before all that does more than move factors: it mixes channels"),
        // What is a product of two would be stored whole again, and what is rounded no longer be
        // so.
        StageOrder.onLinears(
            method -> storesAnew(method) && !method.roundsFactors() && !method.trainsFactors(),
            CompressionMethod::factors,
            "%s: found it selected by '%s' after '%s', which makes it a product of two, expected nothing behind that but what rounds factors each by itself, as rtn and gptq do: it would be one matrix again"),
        StageOrder.onLinears(
            CompressionMethod::losesRounding,
            CompressionMethod::rounds,
            "%s: found it selected by '%s' after '%s', which rounds it, expected no rounding before: it would be lost"),
        // What is left of rounded values, and of treated inputs, would be neither.
        StageOrder.onModel(
            CompressionMethod::narrows,
            CompressionMethod::keepsCaches,
            "stage %s: found it after '%s', which settles how keys and values of all heads are kept, expected the other order"),
        StageOrder.onLinears(
            CompressionMethod::narrows,
            method -> method.rounds() || method.factors() || method.roundsInputs(),
            "%s: found it selected by '%s', which makes layers narrower, after '%s', expected the other order: what that made of it would be lost"),
        // What is rounded is stored by its codes, and what is stored anew is in another form again.
        StageOrder.onLinears(
            StageOrders::storesAnew,
            CompressionMethod::storesLast,
            "%s: found it selected by '%s' after '%s', which stores it without its zeros, expected nothing behind that: it would be stored anew"),
        StageOrder.onLinears(
            CompressionMethod::storesLast,
            method -> method.rounds() || method.factors(),
            "%s: found it selected by '%s' after '%s', expected one that is stored value by value: zeros among codes stay codes"),
        // Layers would no longer be beside those that they were made for.
        StageOrder.onModel(
            method -> method.droppedLayers() > 0,
            CompressionMethod::bindsLayers,
            "stage %s: found it behind '%s', which ties layers to those beside them, expected the other order"),
        // The later one would replace the other.
        StageOrder.onModel(
            CompressionMethod::keepsCaches,
            CompressionMethod::keepsCaches,
            "stage %s: found it after '%s', expected one stage that says how keys and values are kept"),
        StageOrder.onLinears(
            CompressionMethod::roundsInputs,
            CompressionMethod::roundsInputs,
            "%s: found it selected by '%s', which rounds its input, and by '%s' before, expected one rounding of an input"),
        // Rounding on the way to the loss has no gradient.
        StageOrder.onModel(
            CompressionMethod::differentiates,
            method -> method.roundsInputs() || method.keepsCaches(),
            "stage %s: found it after '%s', which rounds inputs, keys or values, expected it before: it goes by gradients, and rounding has none"));
  }

  private static boolean storesAnew(CompressionMethod method) {
    return method.rounds() || !method.keepsCaches() && !method.leavesWeights();
  }
}
