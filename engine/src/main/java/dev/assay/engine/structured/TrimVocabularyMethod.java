package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.SourceMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.trim.ConfiguredIds;
import dev.assay.engine.tokenizer.trim.KeptIds;
import dev.assay.engine.tokenizer.trim.TrimmableTokenizer;
import dev.assay.engine.tokenizer.trim.TrimmedFiles;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes tokens out of a model, and out of the files of its tokenizer. What is left is an ordinary
 * model of its family: rows of the tokens that stay are as they were, under new ids in the old
 * order, and nothing else changes. Rows that no token has go too.
 */
final class TrimVocabularyMethod implements SourceMethod {
  private static final String CONFIG = "config.json";
  private static final String GENERATION = "generation_config.json";

  private final TrimVocabularyParameters parameters;

  TrimVocabularyMethod(TrimVocabularyParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean needsCalibration() {
    return parameters.list() == null && parameters.text() == null;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    if (spec.spec().sliced() != null) {
      throw new BadInputException(
          "found a stream that was sliced, expected a table as its family has it");
    }
  }

  @Override
  public Checkpoint rewrite(
      TorchSession torch, Checkpoint source, ModelSpec spec, List<long[]> samples, Path directory) {
    if (source.gguf().isPresent()) {
      throw new BadInputException(
          "found a GGUF file, expected a directory in Hugging Face's layout, as the tokenizer's files are written anew");
    }
    Set<String> tensors = VocabularyTensors.of(source, spec);
    TrimmableTokenizer tokenizer;
    KeptIds kept;
    try (Tokenizer own = source.tokenizer()) {
      tokenizer = TrimmableTokenizer.of(own.name(), own.json());
      kept = kept(own, tokenizer, required(source, tokenizer), samples);
    }
    List<Long> rows =
        kept.ids().stream()
            .filter(id -> id < spec.spec().vocabularySize())
            .map(Integer::longValue)
            .toList();
    ObjectNode config = ConfiguredIds.renumbered((ObjectNode) source.config().deepCopy(), kept);
    config.put("vocab_size", rows.size());
    try {
      write(torch, source, tensors, rows, directory);
      JsonFiles.write(directory.resolve(CONFIG), config);
      Path generation = directory.resolve(GENERATION);
      if (Files.isRegularFile(generation)) {
        JsonFiles.write(generation, ConfiguredIds.renumbered(JsonFiles.read(generation), kept));
      }
      new TrimmedFiles(directory).write(tokenizer, kept);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
    return source.with(Checkpoint.open(directory));
  }

  /** What has a part to play, whether a text uses it or not. */
  private static Set<Integer> required(Checkpoint source, TrimmableTokenizer tokenizer) {
    Set<Integer> required = new TreeSet<>(ConfiguredIds.of(source.config()));
    Path generation = source.directory().resolve(GENERATION);
    if (Files.isRegularFile(generation)) {
      required.addAll(ConfiguredIds.of(JsonFiles.read(generation)));
    }
    new TrimmedFiles(source.directory())
        .special()
        .forEach(token -> tokenizer.find(token).ifPresent(required::add));
    required.retainAll(tokenizer.tokens().keySet());
    required.addAll(tokenizer.required());
    return required;
  }

  private KeptIds kept(
      Tokenizer own, TrimmableTokenizer tokenizer, Set<Integer> required, List<long[]> samples) {
    KeptTokens choice = new KeptTokens(tokenizer, required);
    if (parameters.list() != null) {
      Path file = Path.of(parameters.list());
      return choice.listed(file.toString(), text("list", file));
    }
    Map<Integer, Long> counts = new HashMap<>();
    List<long[]> counted =
        parameters.text() == null
            ? samples
            : List.of(own.encode(text("text", Path.of(parameters.text()))));
    for (long[] ids : counted) {
      for (long id : ids) {
        counts.merge((int) id, 1L, Long::sum);
      }
    }
    return choice.byCount(counts, Objects.requireNonNull(parameters.keep()));
  }

  /** The text that the recipe was read with. */
  private String text(String key, Path path) {
    TextFile file = TextFile.of(key, path);
    if (!file.sha256().equals(parameters.sha256())) {
      throw new BadInputException(
          "%s: %s: found a file of sha256 %s, expected %s, as when the recipe was read"
              .formatted(key, path, file.sha256(), parameters.sha256()));
    }
    return file.text();
  }

  /** The rows that stay, in a checkpoint of no other tensors, with the files beside weights. */
  private static void write(
      TorchSession torch, Checkpoint source, Set<String> tensors, List<Long> rows, Path directory) {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, directory)) {
      for (String name : tensors) {
        try (NDManager scope = torch.manager().newSubManager()) {
          NDArray index = scope.create(rows.stream().mapToLong(Long::longValue).toArray());
          NDArray values = source.tensor(torch, scope, name);
          writer.put(name, torch.tensors().selectRows(scope, values, index));
        }
      }
      writer.finish(source, "float32");
    }
  }
}
