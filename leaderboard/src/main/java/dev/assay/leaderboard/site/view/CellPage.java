package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of one cell.
 *
 * @param recipe recipe name
 * @param summary the recipe in one line
 * @param model model name
 * @param status {@code succeeded} or {@code failed}
 * @param baseline whether ratios of its suite are taken against it
 * @param disturbed how many of its figures are disturbed; absent if none is
 * @param facts the cell, its model, target and times
 * @param failure why it failed
 * @param figures every measurement
 * @param protocols every protocol that they were taken under
 * @param layerErrors what compression did to each linear, one matrix for each stage
 * @param linears the same line by line, with everything recorded
 * @param rooflineChart where the cell lies under the ceilings; absent if there is no point
 * @param ceilings limits of the machine
 * @param recipeYaml the recipe with every default
 * @param artifact the compressed checkpoint
 * @param calibration what the compression was calibrated on
 * @param environment machine and software
 * @param warnings what may have disturbed the figures
 * @param command how to run the cell again
 * @param rawJson the result file
 * @param earlier earlier results of the same cell
 */
public record CellPage(
    String recipe,
    String summary,
    String model,
    String status,
    boolean baseline,
    @Nullable String disturbed,
    List<Fact> facts,
    @Nullable FailureText failure,
    List<CellFigure> figures,
    List<ProtocolText> protocols,
    List<LayerErrors> layerErrors,
    @Nullable DataTable linears,
    @Nullable Chart rooflineChart,
    @Nullable DataTable ceilings,
    String recipeYaml,
    List<Fact> artifact,
    List<Fact> calibration,
    List<Fact> environment,
    List<String> warnings,
    String command,
    String rawJson,
    List<String> earlier) {
  public CellPage {
    facts = List.copyOf(facts);
    figures = List.copyOf(figures);
    protocols = List.copyOf(protocols);
    layerErrors = List.copyOf(layerErrors);
    artifact = List.copyOf(artifact);
    calibration = List.copyOf(calibration);
    environment = List.copyOf(environment);
    warnings = List.copyOf(warnings);
    earlier = List.copyOf(earlier);
  }

  /**
   * @param stage where it failed
   * @param kind short cause
   * @param message one sentence
   * @param detail stack trace or last output; may be empty
   */
  public record FailureText(String stage, String kind, String message, String detail) {}

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
}
