package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormat;
import dev.assay.engine.weight.WeightFormats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.io.file.PathUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one stage changed, on disk: for each layer, and for what stands beside the layers, a file of
 * tensors and one that says what they are. The latter appears last, and with it the former counts.
 */
final class Overlay {
  private static final Logger LOG = LoggerFactory.getLogger(Overlay.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VALUE = "value ";
  private static final String LINEAR = "linear ";
  private static final String UNROUNDED = "unrounded ";

  private final TorchSession torch;
  private final WeightFormats formats;
  private final Path directory;
  private final Map<String, Optional<Part>> parts = new HashMap<>();

  /** Keys of what was put by this very object. */
  private final Set<String> written = new HashSet<>();

  Overlay(TorchSession torch, WeightFormats formats, Path directory) {
    this.torch = torch;
    this.formats = formats;
    this.directory = directory;
  }

  /** One file of it. */
  final class Part {
    private final TensorFile file;
    private final JsonNode said;

    Part(TensorFile file, JsonNode said) {
      this.file = file;
      this.said = said;
    }

    boolean hasValue(String name) {
      return file.names().contains(VALUE + name);
    }

    NDArray value(NDManager owner, String name) {
      return file.tensor(torch, owner, VALUE + name);
    }

    boolean hasLinear(String name) {
      return said.path("linears").has(name);
    }

    StoredWeight linear(NDManager owner, String name) {
      JsonNode entry = said.path("linears").path(name);
      String format = entry.path("format").asText();
      Map<String, NDArray> tensors = new TreeMap<>();
      String prefix = LINEAR + name + " ";
      for (String tensor : file.names()) {
        if (tensor.startsWith(prefix)) {
          tensors.put(tensor.substring(prefix.length()), file.tensor(torch, owner, tensor));
        }
      }
      return formats
          .find(format)
          .orElseThrow(() -> new IllegalArgumentException("unknown format '" + format + "'"))
          .unpack(torch, owner, tensors, entry);
    }

    /** What a linear's values were before the stage rounded them, where it found others. */
    Optional<NDArray> unrounded(NDManager owner, String name) {
      return file.names().contains(UNROUNDED + name)
          ? Optional.of(file.tensor(torch, owner, UNROUNDED + name))
          : Optional.empty();
    }

    /** What the stage noted. */
    JsonNode notes() {
      return said.path("notes");
    }

    private void copyTo(NDManager owner, Map<String, NDArray> tensors, ObjectNode linears) {
      said.path("linears").properties().forEach(e -> linears.set(e.getKey(), e.getValue()));
      file.names().forEach(name -> tensors.put(name, file.tensor(torch, owner, name)));
    }
  }

  /** The part of a key; nothing where the stage changed nothing there, or did not come so far. */
  Optional<Part> part(String key) {
    return parts.computeIfAbsent(key, this::read);
  }

  private Optional<Part> read(String key) {
    Path said = said(key);
    if (!Files.isRegularFile(said)) {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(said.toFile());
      return json.isObject()
          ? Optional.of(new Part(TensorFile.open(tensors(key)), json))
          : Optional.empty();
    } catch (IOException | BadCheckpointException e) {
      if (finished().isPresent() || written.contains(key)) {
        throw new BadCheckpointException(
            said + ": what a stage changed cannot be read, expected it whole; delete " + directory,
            e);
      }
      LOG.warn("{}: unusable, the layer is done anew: {}", said, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Adds changes to those of a key.
   *
   * @param notes what else is to be known of them
   */
  void put(String key, LayerChanges changes, JsonNode notes) {
    try (NDManager scope = torch.manager().newSubManager()) {
      Map<String, NDArray> tensors = new TreeMap<>();
      ObjectNode linears = JsonNodeFactory.instance.objectNode();
      part(key).ifPresent(before -> before.copyTo(scope, tensors, linears));
      changes.values().forEach((name, value) -> tensors.put(VALUE + name, value));
      changes.unrounded().forEach((name, value) -> tensors.put(UNROUNDED + name, value));
      for (Map.Entry<String, StoredWeight> linear : changes.linears().entrySet()) {
        String prefix = LINEAR + linear.getKey() + " ";
        tensors.keySet().removeIf(name -> name.startsWith(prefix));
        WeightFormat<?> format = formats.of(linear.getValue());
        format
            .packed(torch, scope, linear.getValue())
            .forEach((suffix, tensor) -> tensors.put(prefix + suffix, tensor));
        ObjectNode entry = linears.putObject(linear.getKey()).put("format", format.name());
        entry.setAll(format.entryOf(linear.getValue()));
      }
      Files.createDirectories(directory);
      TensorFile.write(torch, tensors(key), tensors);
      ObjectNode said = JsonNodeFactory.instance.objectNode();
      said.set("linears", linears);
      said.set("notes", notes);
      write(said(key), said);
      parts.remove(key);
      written.add(key);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Deletes all of it. */
  void clear() {
    parts.clear();
    written.clear();
    try {
      if (Files.exists(directory)) {
        PathUtils.deleteDirectory(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be deleted: " + e.getMessage(), e);
    }
  }

  private static void write(Path file, JsonNode node) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    Files.write(partial, JSON.writeValueAsBytes(node));
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** What the stage said when it was done; nothing where it is not. */
  Optional<JsonNode> finished() {
    Path file = directory.resolve("stage.json");
    try {
      return Files.isRegularFile(file)
          ? Optional.of(JSON.readTree(file.toFile())).filter(JsonNode::isObject)
          : Optional.empty();
    } catch (IOException e) {
      LOG.warn("{}: unusable, the stage goes on: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Says that the stage is done. */
  void finish(JsonNode state) {
    try {
      Files.createDirectories(directory);
      write(directory.resolve("stage.json"), state);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private Path tensors(String key) {
    return directory.resolve(key + ".safetensors");
  }

  private Path said(String key) {
    return directory.resolve(key + ".json");
  }
}
