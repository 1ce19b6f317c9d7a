package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.TokenizerKeys;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file with the tokenizer of the source.
 *
 * @param name on the command line
 * @param matrices type of all matrices
 */
record GgufExport(String name, GgmlType matrices) implements ExportFormat {
  private static final String TOKENIZER = "tokenizer.";
  private static final String NAME = "general.name";

  @Override
  public String summary() {
    return "GGUF file, matrices in " + matrices;
  }

  @Override
  public void export(TorchSession torch, Checkpoint source, Path target, long shardBytes) {
    Optional<GgufFile> header = source.gguf();
    String model =
        header
            .filter(file -> file.has(NAME))
            .map(file -> file.text(NAME))
            .orElseGet(() -> String.valueOf(source.path().toAbsolutePath().getFileName()));
    Map<String, GgufValue> tokenizer =
        header.map(GgufExport::tokenizer).orElseGet(() -> TokenizerKeys.of(source.directory()));
    new GgufWriter(torch, matrices).write(source, model, tokenizer, target);
  }

  private static Map<String, GgufValue> tokenizer(GgufFile header) {
    Map<String, GgufValue> keys = new LinkedHashMap<>(header.metadata());
    keys.keySet().removeIf(key -> !key.startsWith(TOKENIZER));
    return keys;
  }
}
