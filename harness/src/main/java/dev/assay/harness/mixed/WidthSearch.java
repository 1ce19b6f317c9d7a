package dev.assay.harness.mixed;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext.Progress;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.mixed.Item;
import dev.assay.engine.mixed.Measure;
import dev.assay.engine.mixed.Sensitivities;
import dev.assay.engine.mixed.Sensitivity;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.dataset.CalibrationSequences;
import dev.assay.harness.dataset.CalibrationText;
import dev.assay.harness.dataset.DatasetRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;

/**
 * Measures a model's sensitivities on text.
 *
 * @param measure what the cost of a width is taken from
 * @param widths bits that are tried
 * @param groupSize columns that share a scale
 * @param selection linears that get widths
 * @param calibration the text, with a seed
 */
public record WidthSearch(
    Measure measure,
    SortedSet<Integer> widths,
    int groupSize,
    Selection selection,
    Calibration calibration) {
  /**
   * What was measured of a model.
   *
   * @param costs of each linear
   * @param tokenIdsSha256 of the sequences that it was measured on
   */
  public record Measured(List<Sensitivity> costs, String tokenIdsSha256) {
    public Measured {
      costs = List.copyOf(costs);
    }
  }

  /** Measures; the text comes from a registry of data sets. */
  public Measured of(
      TorchSession torch, Checkpoint source, DatasetRegistry datasets, Progress progress) {
    ModelSpec spec = new Families().architecture(source);
    CalibrationSequences sequences = sequences(source, spec, datasets);
    List<Sensitivity> costs =
        sensitivities().of(torch, source, spec, Arrays.asList(sequences.ids()), progress);
    return new Measured(costs, sequences.sha256());
  }

  /**
   * What gets widths.
   *
   * @throws dev.assay.engine.config.BadInputException if the model has not what is selected
   */
  public List<Item> items(Checkpoint source) {
    return sensitivities().items(new Families().architecture(source));
  }

  private Sensitivities sensitivities() {
    return new Sensitivities(measure, widths, groupSize, selection);
  }

  private CalibrationSequences sequences(
      Checkpoint source, ModelSpec spec, DatasetRegistry datasets) {
    int length = Math.min(calibration.length(), spec.spec().contextLength());
    long seed = Objects.requireNonNull(calibration.seed(), "seed");
    return new CalibrationText(
            "sensitivities", datasets.load(calibration.dataset(), calibration.split()))
        .sequences(source, spec, calibration, length, seed);
  }

  /** The budget of the artifact's weight files, or of the memory of a process that generates. */
  static Room room(Checkpoint source, List<Item> items, Limit.Fit fit) {
    return new Room(
        source,
        new Families().architecture(source),
        items,
        fit.groupSize(),
        fit.embedding(),
        fit.head());
  }

  /** The type of the weights of a model's linears. */
  static DType type(Checkpoint source) {
    return source.valueType(new Families().architecture(source).names().embedding());
  }
}
