package dev.assay.engine.mixed;

import dev.assay.engine.calibration.LayerWalk;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StorageChoice;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.WorkingModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.io.file.PathUtils;

/**
 * Measures what rounding each linear alone does to a model.
 *
 * @param measure what is measured
 * @param widths bits that are tried, 1 to 8
 * @param groupSize columns that share a scale; -1 for the whole row
 * @param selection linears of the layers that are rounded
 */
public record Sensitivities(
    Measure measure, SortedSet<Integer> widths, int groupSize, Selection selection) {
  public Sensitivities {
    widths = new TreeSet<>(widths);
    if (widths.isEmpty() || widths.first() < 1 || widths.last() > Byte.SIZE) {
      throw new BadInputException("widths: found " + widths + ", expected some of 1 to 8");
    }
  }

  /**
   * What gets widths.
   *
   * @throws BadInputException if the model has not what is selected
   */
  public List<Item> items(ModelSpec spec) {
    selection.requireFits(spec);
    return Items.of(spec, selection);
  }

  /**
   * Measures.
   *
   * @param samples token ids of sequences of one length
   * @return in the order of the forward pass
   */
  public List<Sensitivity> of(
      TorchSession torch,
      Checkpoint source,
      ModelSpec spec,
      List<long[]> samples,
      StageContext.Progress progress) {
    selection.requireFits(spec);
    WidthGrid grid = new WidthGrid(groupSize);
    CheckpointWeights weights = new CheckpointWeights(torch, source, spec);
    if (measure == Measure.KL) {
      return new OutputDivergence(torch, weights, widths, grid)
          .measure(samples, selection, progress);
    }
    if (spec.stacks().size() > 1) {
      throw new BadInputException(
          "mixed: found a model of "
              + spec.family()
              + ", an encoder with a decoder, expected one with a single stack of layers");
    }
    try {
      Path directory = Files.createTempDirectory("assay-mixed");
      try {
        WorkingModel model = new WorkingModel(torch, source, spec, WeightFormats.load(), directory);
        model.beginStage();
        OutputErrors method = new OutputErrors(spec.names(), widths, grid);
        StageContext context =
            new StageContext(torch, model.original(), samples, selection, false, progress);
        new LayerWalk(model, context, new StorageChoice(spec, List.of())).run(method);
        return method.measured();
      } finally {
        PathUtils.deleteDirectory(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a temporary directory cannot be used", e);
    }
  }
}
