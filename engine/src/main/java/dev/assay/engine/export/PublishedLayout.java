package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.ExportLayout;
import dev.assay.engine.checkpoint.packed.LoaderRounding;
import dev.assay.engine.weight.InputScheme;
import java.util.Map;
import java.util.Optional;

/** A published layout, and what its configuration can say of a model beside its weights. */
interface PublishedLayout extends ExportLayout, Places {
  /** Whether its loaders find linears of the class Conv1D. */
  default boolean packsConv1d() {
    return false;
  }

  /** Whether it has a place for what activations are divided by. */
  default boolean dividesActivations() {
    return false;
  }

  /**
   * What users should know of what its loaders do to inputs.
   *
   * @param written as it came to be
   * @param inputs what was done to them, by the name of a linear
   */
  default Optional<String> note(Checkpoint written, Map<String, InputScheme> inputs) {
    return written
        .quantization()
        .flatMap(
            config ->
                LoaderRounding.unasked(config.format(), inputs, linear -> !written.isDense(linear)))
        .map("its loaders %s, as nothing did before"::formatted);
  }

  /** The recipe that rounds to its grids, for messages. */
  String recipe();
}
