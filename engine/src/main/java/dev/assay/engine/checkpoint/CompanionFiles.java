package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.packed.ArtifactCard;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.packed.QuantizationConfigReader;
import dev.assay.engine.checkpoint.packed.QuantizationJson;
import dev.assay.engine.checkpoint.packed.WrittenQuantization;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes what stands beside the weights of a checkpoint. */
final class CompanionFiles {
  /** What goes along beside the tokenizer. */
  private static final List<String> COPIED =
      List.of("chat_template.jinja", "generation_config.json");

  private static final String CARD = "README.md";

  private final PendingDirectory directory;

  CompanionFiles(PendingDirectory directory) {
    this.directory = directory;
  }

  /** Copies the tokenizer and the settings of generation, as far as they are there. */
  void copy(Path source) throws IOException {
    copy(source, Tokenizer.FILES);
    copy(source, COPIED);
  }

  private void copy(Path source, List<String> names) throws IOException {
    for (String name : names) {
      Path file = source.resolve(name);
      if (Files.isRegularFile(file)) {
        Files.write(directory.resolve(name), Files.readAllBytes(file));
      }
    }
  }

  /** Writes files that the source holds within its weights. */
  void write(Map<String, ObjectNode> companions) throws IOException {
    for (Map.Entry<String, ObjectNode> file : companions.entrySet()) {
      JsonFiles.write(directory.resolve(file.getKey()), file.getValue());
    }
  }

  /**
   * The source's configuration with the type and the quantization of the new weights; where they
   * are packed, or other tools compute something else, a card.
   *
   * @param quantization how the new linears are stored
   * @param ownFormats how those are stored that are in no published format, by prefix
   */
  void configure(
      JsonNode source,
      String dtype,
      WrittenQuantization quantization,
      SortedMap<String, ObjectNode> ownFormats)
      throws IOException {
    ObjectNode config = source.deepCopy();
    QuantizationConfigReader.KEYS.forEach(config::remove);
    config.put(config.has("dtype") ? "dtype" : "torch_dtype", dtype);
    Optional<ObjectNode> json = QuantizationJson.of(quantization);
    if (json.isPresent()) {
      config.set("quantization_config", json.get());
      if (quantization.general().filter(QuantizationConfig::isGptq).isPresent()) {
        JsonFiles.write(directory.resolve(QuantizationConfigReader.GPTQ_FILE), json.get());
      }
    }
    AssaySection.setWeights(config, ownFormats);
    JsonFiles.write(directory.resolve("config.json"), config);
    String family = source.path("model_type").asText("");
    Optional<String> card = ArtifactCard.of(quantization, family, config.path(AssaySection.KEY));
    if (card.isPresent()) {
      Files.writeString(directory.resolve(CARD), card.get());
    }
  }

  /** Says which tensor is in which of several files. */
  void index(Map<String, List<TensorInfo>> files) throws IOException {
    long total = 0;
    Map<String, String> fileOf = new TreeMap<>();
    for (Map.Entry<String, List<TensorInfo>> file : files.entrySet()) {
      for (TensorInfo tensor : file.getValue()) {
        total += tensor.bytes();
        fileOf.put(tensor.name(), file.getKey());
      }
    }
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index.putObject("metadata").put("total_size", total);
    ObjectNode weightMap = index.putObject("weight_map");
    fileOf.forEach(weightMap::put);
    JsonFiles.write(directory.resolve(WeightFiles.SAFETENSORS.index()), index);
  }
}
