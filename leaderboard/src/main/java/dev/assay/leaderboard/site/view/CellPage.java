package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of one cell.
 *
 * @param heading what it is about
 * @param facts the cell, its model, target and times
 * @param failure why it failed
 * @param measurements every figure, and how they were taken
 * @param compression how the artifact was made, and what it is
 * @param machine what it ran on
 * @param source where the page comes from
 */
public record CellPage(
    Heading heading,
    List<Fact> facts,
    @Nullable FailureText failure,
    Measurements measurements,
    Compression compression,
    Machine machine,
    Source source) {
  public CellPage {
    facts = List.copyOf(facts);
  }

  /**
   * @param recipe recipe name
   * @param summary the recipe in one line
   * @param model model name
   * @param baseline whether ratios of its suite are taken against it
   * @param disturbed how many of its figures are disturbed; absent if none is
   */
  public record Heading(
      String recipe, String summary, String model, boolean baseline, @Nullable String disturbed) {}

  /**
   * @param stage where it failed
   * @param kind short cause
   * @param message one sentence
   * @param detail stack trace or last output; may be empty
   */
  public record FailureText(String stage, String kind, String message, String detail) {}

  /**
   * @param figures every measurement
   * @param protocols every protocol that they were taken under
   */
  public record Measurements(List<CellFigure> figures, List<ProtocolText> protocols) {
    public Measurements {
      figures = List.copyOf(figures);
      protocols = List.copyOf(protocols);
    }
  }

  /**
   * @param protocol the protocol's id
   * @param settings its settings
   * @param metrics metrics that were taken under it
   */
  public record ProtocolText(String protocol, List<Fact> settings, String metrics) {
    public ProtocolText {
      settings = List.copyOf(settings);
    }
  }

  /**
   * @param recipeYaml the recipe with every default
   * @param stairs what each stage bought
   * @param training how stages trained, of those that did
   * @param calibration what it was calibrated on
   * @param artifact the compressed checkpoint
   * @param layerErrors what it did to each linear, one matrix for each stage
   * @param linears the same line by line, with everything recorded
   * @param checks substitutions, kernels and what was read back, as far as there are some
   * @param peaks how far the greatest input of each linear is from the median
   * @param inputs the same line by line, with everything recorded
   */
  public record Compression(
      String recipeYaml,
      @Nullable Stairs stairs,
      List<TrainingSection> training,
      List<Fact> calibration,
      List<Fact> artifact,
      List<LayerMatrix> layerErrors,
      @Nullable DataTable linears,
      List<DataTable> checks,
      @Nullable LayerMatrix peaks,
      @Nullable DataTable inputs) {
    public Compression {
      training = List.copyOf(training);
      calibration = List.copyOf(calibration);
      artifact = List.copyOf(artifact);
      layerErrors = List.copyOf(layerErrors);
      checks = List.copyOf(checks);
    }
  }

  /**
   * @param roofline where the cell lies under the ceilings; absent if there is no point
   * @param ceilings limits of the machine
   * @param environment machine and software
   * @param warnings what may have disturbed the figures
   */
  public record Machine(
      @Nullable Chart roofline,
      @Nullable DataTable ceilings,
      List<Fact> environment,
      List<String> warnings) {
    public Machine {
      environment = List.copyOf(environment);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * @param command how to run the cell again
   * @param rawJson the result file
   * @param earlier earlier results of the same cell
   */
  public record Source(String command, String rawJson, List<String> earlier) {
    public Source {
      earlier = List.copyOf(earlier);
    }
  }
}
