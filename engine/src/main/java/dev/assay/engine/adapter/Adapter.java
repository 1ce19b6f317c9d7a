package dev.assay.engine.adapter;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA adapter in PEFT's format: of modules two factors, and tensors that take the place of the
 * base's.
 *
 * @param config what is to be done with them
 * @param file where they are
 * @param shapes of all tensors, by their names in the file
 * @param modules by name in the base model, the names of their tensors
 * @param replaced names in the base model of tensors that are replaced, to those in the file
 */
record Adapter(
    AdapterConfig config,
    TensorFile file,
    Map<String, Shape> shapes,
    SortedMap<String, Factors> modules,
    SortedMap<String, String> replaced) {
  static final String MODEL = "base_model.model.";
  static final String DOWN = ".lora_A.weight";
  static final String UP = ".lora_B.weight";
  private static final String MAGNITUDES = ".lora_magnitude_vector";
  private static final String WEIGHT = ".weight";

  /**
   * The tensors of a module.
   *
   * @param down [rank, in]
   * @param up [out, rank]
   * @param magnitudes [out], with DoRA
   */
  record Factors(String down, String up, @Nullable String magnitudes) {}

  Adapter {
    shapes = Map.copyOf(shapes);
    modules = Collections.unmodifiableSortedMap(new TreeMap<>(modules));
    replaced = Collections.unmodifiableSortedMap(new TreeMap<>(replaced));
  }

  /**
   * Opens one.
   *
   * @throws BadInputException if it is none, or one that asks for what is not understood
   */
  static Adapter open(Path directory) {
    AdapterFiles files = AdapterFiles.in(directory);
    AdapterConfig config = AdapterConfig.read(files.config());
    TensorFile file = TensorFile.open(files.tensors());
    Map<String, Shape> shapes = new TreeMap<>();
    SortedMap<String, Factors> modules = new TreeMap<>();
    SortedMap<String, String> replaced = new TreeMap<>();
    for (String name : file.names()) {
      shapes.put(name, file.shape(name));
      if (!name.startsWith(MODEL)) {
        throw unknown(files, name);
      }
      if (name.endsWith(DOWN)) {
        String prefix = name.substring(0, name.length() - DOWN.length());
        modules.put(
            prefix.substring(MODEL.length()), factors(files, file, prefix, config.directed()));
      } else if (name.contains(".lora_")) {
        if (!name.endsWith(UP)
            && !name.endsWith(MAGNITUDES)
            && !name.endsWith(MAGNITUDES + WEIGHT)) {
          throw unknown(files, name);
        }
      } else {
        String plain = name.substring(MODEL.length()).replace(".base_layer.", ".");
        replaced.put(plain.replace(".modules_to_save.", "."), name);
      }
    }
    if (modules.isEmpty()) {
      throw new BadInputException(
          files.tensors() + ": found no tensor of a module's factors, expected some lora_A");
    }
    return new Adapter(config, file, shapes, modules, replaced);
  }

  private static Factors factors(
      AdapterFiles files, TensorFile file, String prefix, boolean directed) {
    if (!file.names().contains(prefix + UP)) {
      throw new BadInputException(
          "%s: %s: found no such tensor, expected one beside %s"
              .formatted(files.tensors(), prefix + UP, prefix + DOWN));
    }
    if (!directed) {
      return new Factors(prefix + DOWN, prefix + UP, null);
    }
    String magnitudes =
        file.names().contains(prefix + MAGNITUDES)
            ? prefix + MAGNITUDES
            : prefix + MAGNITUDES + WEIGHT;
    if (!file.names().contains(magnitudes)) {
      throw new BadInputException(
          "%s: %s: found no such tensor, expected one as use_dora says"
              .formatted(files.tensors(), prefix + MAGNITUDES));
    }
    return new Factors(prefix + DOWN, prefix + UP, magnitudes);
  }

  private static BadInputException unknown(AdapterFiles files, String name) {
    return new BadInputException(
        "%s: found a tensor '%s', expected lora_A, lora_B and lora_magnitude_vector of linears and saved modules behind '%s'"
            .formatted(files.tensors(), name, MODEL));
  }

  /** The tensors of a module. */
  Factors factors(String name) {
    return Objects.requireNonNull(modules.get(name), name);
  }

  /**
   * Makes sure that a tensor of the file has a shape.
   *
   * @throws BadInputException if not
   */
  void requireShape(String tensor, Shape expected) {
    Shape found = Objects.requireNonNull(shapes.get(tensor), tensor);
    if (!found.equals(expected)) {
      throw new BadInputException(
          "%s: %s: found %s, expected %s"
              .formatted(config.file().getParent(), tensor, found, expected));
    }
  }
}
