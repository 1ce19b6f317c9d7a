package dev.assay.harness.run.check;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.harness.suite.WrittenSuite;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks at the cells of a suite for what cannot work, or would mislead, before any weight is
 * loaded. All verbs that take a suite make this check, so that they agree.
 */
public final class SuiteCheck {
  /** How the warning about a cell begins that is known to fail. */
  static final String WILL_FAIL = "its cells will fail";

  private final StageRegistry stages;
  private final DatasetRegistry datasets;

  public SuiteCheck(StageRegistry stages, DatasetRegistry datasets) {
    this.stages = stages;
    this.datasets = datasets;
  }

  /**
   * Checks all cells.
   *
   * @param suite with its models at hand
   * @throws BadInputException with all problems, each with file, line and key
   */
  public CheckResult of(LoadedSuite suite) {
    WrittenSuite written = suite.written();
    CheckResult findings = new CheckResult(written);
    LengthCheck lengths = new LengthCheck(written, findings);
    TextCheck texts = new TextCheck(datasets, written, findings);
    BosCheck bos = new BosCheck(written, findings);
    TrainingTextCheck learned = new TrainingTextCheck(stages, datasets, written, findings);
    StageCheck steps = new StageCheck(stages, written, findings);
    Map<String, KnownModel> models = new HashMap<>();
    Map<String, String> broken = new HashMap<>();
    boolean someRun =
        suite.cells().stream().anyMatch(cell -> cell.target().device().obstacle().isEmpty());
    try {
      for (CellSpec cell : suite.cells()) {
        Optional<String> obstacle = cell.target().device().obstacle();
        if (obstacle.isPresent()) {
          device(cell, obstacle.get(), someRun, written, findings);
          steps.unknown(cell);
          continue;
        }
        threads(cell, written, findings);
        String name = cell.model().name();
        if (!models.containsKey(name) && !broken.containsKey(name)) {
          try {
            models.put(name, KnownModel.of(cell));
          } catch (BadInputException e) {
            broken.put(name, String.valueOf(e.getMessage()));
          }
        }
        KnownModel model = models.get(name);
        if (model == null) {
          broken(cell, Objects.requireNonNull(broken.get(name)), written, findings);
          steps.unknown(cell);
          continue;
        }
        lengths.measures(cell, model);
        texts.perplexity(cell, model);
        bos.perplexity(cell, model);
        learned.cell(cell);
        if (cell.recipe().stages().stream().anyMatch(this::looksAtSamples)) {
          lengths.calibration(cell, model);
          texts.calibration(cell, model);
          bos.calibration(cell, model);
        }
        steps.cell(cell, model);
        source(cell, model, written, findings);
      }
      steps.tell();
    } finally {
      models.values().forEach(KnownModel::close);
    }
    findings.requireNoProblem();
    return findings;
  }

  /** Whether a cell is known to fail, as its model is broken or its recipe does not fit it. */
  public static boolean willFail(List<String> warnings) {
    return warnings.stream().anyMatch(warning -> warning.startsWith(WILL_FAIL));
  }

  /** One target that this build has no use for leaves the others their cells. */
  private static void device(
      CellSpec cell, String text, boolean othersRun, WrittenSuite written, CheckResult findings) {
    KeyPath path = written.path(cell.target()).key("device");
    if (othersRun) {
      String unsupported = text + "; recorded as unsupported";
      findings.warning(cell, unsupported, written.error(path, unsupported));
    } else {
      findings.problem(written.error(path, text));
    }
  }

  /** More threads than processors only wait for each other, and take memory. */
  private static void threads(CellSpec cell, WrittenSuite written, CheckResult findings) {
    int processors = Runtime.getRuntime().availableProcessors();
    int wanted = cell.target().threads().resolve(processors);
    if (wanted > processors) {
      findings.problem(
          written.error(
              written.path(cell.target()).key("threads"),
              "found %d, expected at most %d, the logical processors of this machine"
                  .formatted(wanted, processors)));
    }
  }

  /** A checkpoint that is broken fails its own cells only, but it is said. */
  private static void broken(
      CellSpec cell, String why, WrittenSuite written, CheckResult findings) {
    KeyPath path = written.path(cell.model());
    if (isNone(cell)) {
      findings.problem(written.error(path, why));
    } else {
      String text = WILL_FAIL + ": " + why;
      findings.warning(cell, text, written.error(path, text));
    }
  }

  /** Whether what is there is not even meant as a checkpoint. */
  private static boolean isNone(CellSpec cell) {
    return cell.model().synthetic() == null
        && !cell.modelPath().toString().endsWith(".gguf")
        && !Files.isRegularFile(cell.modelPath().resolve("config.json"))
        && !holdsGguf(cell);
  }

  private static boolean holdsGguf(CellSpec cell) {
    String[] names = cell.modelPath().toFile().list((directory, name) -> name.endsWith(".gguf"));
    return names != null && names.length > 0;
  }

  /** Rounding what is rounded is meaningful, but its errors come on top of those there. */
  private void source(CellSpec cell, KnownModel model, WrittenSuite written, CheckResult findings) {
    if (model.quantized() && cell.recipe().stages().stream().anyMatch(this::rounds)) {
      KeyPath path = written.path(cell.model());
      String text =
          "the model %s is quantized already; recipe %s rounds it a second time"
              .formatted(cell.model().name(), cell.recipe().name());
      findings.warning(cell, text, written.error(path, text));
    }
  }

  private boolean looksAtSamples(Step step) {
    return stages.method(step).needsCalibration();
  }

  private boolean rounds(Step step) {
    return stages.method(step).rounds();
  }
}
