package dev.assay.harness.run.plan;

import com.fasterxml.jackson.databind.JsonNode;
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

/**
 * Foretells where an artifact is stored otherwise than its recipe says, and why, and whether other
 * tools will load it.
 */
public final class StorageNotes {
  private final StageRegistry stages;
  private final Families families = new Families();
  private final Map<Path, Model> known = new HashMap<>();

  /**
   * What an artifact comes from.
   *
   * @param config its configuration
   * @param spec what that describes
   */
  private record Model(JsonNode config, ModelSpec spec) {}

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
      List<Step> steps = cell.spec().recipe().stages();
      List<CompressionMethod> methods = steps.stream().map(stages::method).toList();
      StorageChoice.Forms forms = StorageChoice.Forms.of(methods);
      Model model = model(cell);
      StorageChoice choice = new StorageChoice(model.spec(), forms);
      methods.forEach(method -> method.passedOver().ifPresent(notes::add));
      forms.grids().forEach(grid -> notes.addAll(choice.notes(grid)));
      notes.addAll(new OwnLayers(stages, families, model.config()).notes(model.spec(), steps));
    } catch (BadInputException | IllegalArgumentException e) {
      return List.of();
    }
    return notes;
  }

  /** Opening a checkpoint reads all its headers: once for all cells of a model. */
  private Model model(PlannedCell cell) {
    return SyntheticSource.of(cell.spec())
        .map(source -> new Model(source.config(), families.architecture(source.config())))
        .orElseGet(() -> known.computeIfAbsent(cell.spec().modelPath(), this::open));
  }

  private Model open(Path path) {
    Checkpoint checkpoint = Checkpoint.open(path);
    return new Model(checkpoint.config(), families.architecture(checkpoint));
  }
}
