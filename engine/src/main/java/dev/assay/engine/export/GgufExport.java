package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufArchitectures;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.checkpoint.gguf.VocabularyPadding;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file with the tokenizer of the source.
 *
 * @param name on the command line
 * @param matrices type of all matrices; where there is none the options name one, or each matrix
 *     gets the smallest that has its values as they are
 */
record GgufExport(String name, Optional<GgmlType> matrices) implements ExportFormat {
  private static final String TOKENIZER = "tokenizer.";
  private static final String SUFFIX = ".gguf";

  @Override
  public String summary() {
    return "GGUF file, matrices in " + matrices.map(GgmlType::name).orElse("the type asked for");
  }

  @Override
  public List<String> types() {
    return matrices.isPresent()
        ? List.of()
        : GgmlType.ofFiles().stream().map(GgufExport::label).toList();
  }

  private static String label(GgmlType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Exported export(
      TorchSession torch, Checkpoint source, Path target, ExportOptions options) {
    if (!target.toString().endsWith(SUFFIX)) {
      throw new BadInputException(target + ": found no name of a GGUF file, expected one in .gguf");
    }
    OwnSection.requireNothingOf(
        source, name(), "layers", "folded", "biases", "sliced", "experts", "exits");
    // Holds the tensors to the configuration, the embedding's rows among them.
    ModelSpec architecture = new Families().architecture(source);
    Treatments.of(source, architecture, name(), Places.NONE);
    long rows = architecture.spec().vocabularySize();
    Map<String, GgufValue> tokenizer =
        source
            .gguf()
            .map(GgufExport::tokenizer)
            .orElseGet(() -> TokenizerKeys.of(source.directory()));
    Map<String, GgufValue> padded =
        VocabularyPadding.padded(tokenizer, rows, source.directory() + ": tokenizer");
    TypeChoice choice =
        new TypeChoice(
            torch, matrices.or(() -> options.type().map(this::type)), options.requantize());
    new GgufWriter(torch, choice).write(source, ModelName.of(source), padded, target);
    String kind = source.config().path("model_type").asText("");
    return Exported.of(
        Checkpoint.open(target), new GgufArchitectures().ofModelType(kind).notes(source.config()));
  }

  private GgmlType type(String name) {
    return GgmlType.ofFiles().stream()
        .filter(type -> label(type).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "--type: found '%s', expected one of %s"
                        .formatted(name, String.join(", ", types()))));
  }

  private static Map<String, GgufValue> tokenizer(GgufFile header) {
    Map<String, GgufValue> keys = new LinkedHashMap<>(header.metadata());
    keys.keySet().removeIf(key -> !key.startsWith(TOKENIZER));
    return keys;
  }
}
