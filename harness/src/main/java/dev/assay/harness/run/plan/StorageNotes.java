package dev.assay.harness.run.plan;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.StorageChoice;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.harness.run.synthetic.SyntheticSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Foretells where an artifact is stored otherwise than its recipe says, and why, and whether other
 * tools will load it.
 */
public final class StorageNotes {
  private final StageRegistry stages;
  private final Map<Path, ModelSpec> known = new HashMap<>();

  public StorageNotes(StageRegistry stages) {
    this.stages = stages;
  }

  /**
   * A line for each kind of linear, and for each stage that only Assay loads the outcome of; none
   * for a model that cannot be read, which is said elsewhere.
   */
  public List<String> of(PlannedCell cell) {
    List<String> notes = new ArrayList<>();
    try {
      List<CompressionMethod> methods = new ArrayList<>();
      cell.spec().recipe().stages().forEach(step -> methods.add(stages.method(step)));
      StorageChoice.Forms forms = StorageChoice.Forms.of(methods);
      StorageChoice choice = new StorageChoice(architecture(cell), forms);
      methods.forEach(method -> method.passedOver().ifPresent(notes::add));
      forms.grids().forEach(grid -> notes.addAll(choice.notes(grid)));
      cell.spec().recipe().stages().forEach(step -> ownOnly(step).ifPresent(notes::add));
    } catch (BadInputException | IllegalArgumentException e) {
      return List.of();
    }
    return notes;
  }

  private Optional<String> ownOnly(Step step) {
    return stages
        .method(step)
        .ownOnly()
        .map(why -> "only Assay loads what %s leaves: %s".formatted(step.stage(), why));
  }

  /** Opening a checkpoint reads all its headers: once for all cells of a model. */
  private ModelSpec architecture(PlannedCell cell) {
    Families families = new Families();
    return SyntheticSource.of(cell.spec())
        .map(source -> families.architecture(source.config()))
        .orElseGet(
            () ->
                known.computeIfAbsent(
                    cell.spec().modelPath(), path -> families.architecture(Checkpoint.open(path))));
  }
}
