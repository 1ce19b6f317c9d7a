package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.checkpoint.gguf.VocabularyPadding;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A GGUF file with the tokenizer of the source.
 *
 * @param name on the command line
 * @param matrices type of all matrices
 */
record GgufExport(String name, GgmlType matrices) implements ExportFormat {
  private static final String TOKENIZER = "tokenizer.";
  private static final String SUFFIX = ".gguf";

  @Override
  public String summary() {
    return "GGUF file, matrices in " + matrices;
  }

  @Override
  public Exported export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    if (!target.toString().endsWith(SUFFIX)) {
      throw new BadInputException(target + ": found no name of a GGUF file, expected one in .gguf");
    }
    OwnSection.requireNothingOf(source, name(), "layers", "inputs", "caches");
    // Holds the tensors to the configuration, the embedding's rows among them.
    long rows = new Families().architecture(source).spec().vocabularySize();
    Map<String, GgufValue> tokenizer =
        source
            .gguf()
            .map(GgufExport::tokenizer)
            .orElseGet(() -> TokenizerKeys.of(source.directory()));
    Map<String, GgufValue> padded =
        VocabularyPadding.padded(tokenizer, rows, source.directory() + ": tokenizer");
    new GgufWriter(torch, matrices).write(source, ModelName.of(source), padded, target);
    return Exported.checkpoint(target);
  }

  private static Map<String, GgufValue> tokenizer(GgufFile header) {
    Map<String, GgufValue> keys = new LinkedHashMap<>(header.metadata());
    keys.keySet().removeIf(key -> !key.startsWith(TOKENIZER));
    return keys;
  }
}
