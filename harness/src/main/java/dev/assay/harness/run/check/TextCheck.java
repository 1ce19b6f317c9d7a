package dev.assay.harness.run.check;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.Sampling;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyCheck;
import dev.assay.harness.dataset.Dataset;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.measure.perplexity.PerplexityWindows;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.harness.suite.WrittenSuite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Whether a model can read the texts that a suite has for it: there is a tokenizer, it has the BOS
 * that is wanted, and the text is long enough. A text that would have to be downloaded is left to
 * the run.
 */
final class TextCheck {
  private final DatasetRegistry datasets;
  private final WrittenSuite written;
  private final CheckResult findings;
  private final TextLength lengths = new TextLength();
  private final Set<List<Object>> seen = new HashSet<>();
  private final Map<List<Object>, List<Fault>> calibrations = new HashMap<>();

  TextCheck(DatasetRegistry datasets, WrittenSuite written, CheckResult findings) {
    this.datasets = datasets;
    this.written = written;
    this.findings = findings;
  }

  void perplexity(CellSpec cell, KnownModel model) {
    if (!model.continuesText() || cell.model().synthetic() != null) {
      return;
    }
    List<PerplexityMeasure> measures = cell.measures().perplexity();
    for (int i = 0; i < measures.size(); i++) {
      PerplexityMeasure measure = measures.get(i);
      KeyPath path = KeyPath.ROOT.key("perplexity").item(i);
      if (!seen.add(List.of(cell.model().name(), measure))) {
        continue;
      }
      Place place =
          (key, message) ->
              findings.problem(written.ofMeasures(cell.model().name(), path.key(key), message));
      Optional<Tokenizer> tokenizer = tokenizer(cell, model, measure.dataset());
      if (tokenizer.isPresent() && hasBos(model, tokenizer.get(), measure.bos(), place)) {
        int needed = measure.bos() == BosPolicy.EVERY ? measure.window() - 1 : measure.window();
        text(measure.dataset(), measure.split(), place)
            .ifPresent(
                text ->
                    texts(
                        model,
                        tokenizer.get(),
                        text,
                        measure.bos(),
                        needed,
                        () -> PerplexityWindows.ids(measure, text, tokenizer.get()),
                        place,
                        "window"));
      }
    }
  }

  void calibration(CellSpec cell, KnownModel model) {
    if (cell.model().synthetic() != null) {
      return;
    }
    // Texts are read once, but each recipe has the faults.
    calibrations
        .computeIfAbsent(
            List.of(cell.model().name(), cell.recipe().calibration()),
            read -> calibrationFaults(cell, model))
        .forEach(fault -> findings.calibrationProblem(cell, fault.key(), fault.message()));
  }

  private List<Fault> calibrationFaults(CellSpec cell, KnownModel model) {
    Calibration calibration = cell.recipe().calibration();
    List<Fault> faults = new ArrayList<>();
    Place place = (key, message) -> faults.add(new Fault(key, message));
    Optional<Tokenizer> tokenizer = tokenizer(cell, model, calibration.dataset());
    if (tokenizer.isEmpty() || !hasBos(model, tokenizer.get(), calibration.bos(), place)) {
      return faults;
    }
    int length = Math.min(calibration.length(), model.context());
    int drawn = calibration.bos() == BosPolicy.EVERY ? length - 1 : length;
    if (drawn < 1) {
      place.fault("length", "found 1, expected at least 2, as BOS begins every sample");
      return faults;
    }
    boolean first = calibration.sampling() == Sampling.FIRST;
    long needed = first ? (long) drawn * calibration.samples() : drawn;
    text(calibration.dataset(), calibration.split(), place)
        .ifPresent(
            text ->
                texts(
                    model,
                    tokenizer.get(),
                    text,
                    calibration.bos(),
                    needed,
                    () -> lengths.first(first ? needed : Long.MAX_VALUE, text, tokenizer.get()),
                    place,
                    first ? "samples" : "length"));
    return faults;
  }

  private Optional<Tokenizer> tokenizer(CellSpec cell, KnownModel model, String dataset) {
    try {
      return Optional.of(model.tokenizer());
    } catch (BadInputException e) {
      KeyPath path = written.path(cell.model());
      findings.problem(
          written.error(path, e.getMessage() + " (needed to read dataset " + dataset + ")"));
      return Optional.empty();
    }
  }

  private boolean hasBos(KnownModel model, Tokenizer tokenizer, BosPolicy bos, Place place) {
    if (bos == BosPolicy.NONE) {
      return true;
    }
    OptionalLong id = tokenizer.bosId();
    int rows = model.architecture().spec().vocabularySize();
    if (id.isPresent() && id.getAsLong() < rows) {
      return true;
    }
    if (id.isPresent()) {
      place.fault(
          "bos",
          ("found '%s' with token id %d (%s), expected 'none' or an id below the"
                  + " vocab_size of %d in %s")
              .formatted(
                  TokenSequence.label(bos),
                  id.getAsLong(),
                  tokenizer.name(),
                  rows,
                  model.configuration()));
      return false;
    }
    place.fault(
        "bos",
        "found '%s' for a tokenizer without a beginning-of-sequence token (%s), expected 'none'"
            .formatted(TokenSequence.label(bos), tokenizer.name()));
    return false;
  }

  private Optional<DatasetSplit> text(String name, String split, Place place) {
    try {
      Dataset dataset = datasets.find(name);
      return dataset.isLocal(split) ? Optional.of(dataset.load(split)) : Optional.empty();
    } catch (BadInputException e) {
      place.fault("dataset", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void texts(
      KnownModel model,
      Tokenizer tokenizer,
      DatasetSplit text,
      BosPolicy bos,
      long needed,
      Supplier<long[]> read,
      Place place,
      String key) {
    long wanted = bos == BosPolicy.FIRST ? needed - 1 : needed;
    long found = lengths.atMost(wanted, text, tokenizer);
    if (found < wanted) {
      place.fault(
          key,
          "found a need of %d tokens, expected at most %d, all of dataset %s, split %s, in the"
                  .formatted(wanted, found, text.dataset(), text.split())
              + " model's tokens");
    }
    int rows = model.architecture().spec().vocabularySize();
    if (tokenizer.largestId() >= rows) {
      try {
        VocabularyCheck.require(
            "text %s, tokens of %s".formatted(text.split(), tokenizer.name()),
            read.get(),
            model.configuration(),
            rows);
      } catch (BadInputException e) {
        place.fault("dataset", String.valueOf(e.getMessage()));
      }
    }
  }

  /** Takes what is wrong with a measure, or a calibration. */
  @FunctionalInterface
  private interface Place {
    void fault(String key, String message);
  }

  /**
   * @param key below {@code calibration}
   * @param message what was found and expected
   */
  private record Fault(String key, String message) {}
}
