package dev.assay.engine.synthetic;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.GeneratedCheckpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A checkpoint with the shapes of a configuration and weights from a seed: normal with a standard
 * deviation of 0.02, norms one, biases zero. It is good for times, memory and sizes; what it says
 * is noise.
 */
public final class SyntheticCheckpoint {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private SyntheticCheckpoint() {}

  /** Hears how far the writing is. */
  public interface Listener {
    /** Called after every tensor. */
    void wrote(int tensors, int allTensors);
  }

  /**
   * Writes one, tensor by tensor; needs some megabytes of memory, whatever its size. The same
   * arguments give the same bytes.
   *
   * @param config content of a {@code config.json}
   * @param dtype float32, float16 or bfloat16
   * @param target directory that does not exist yet; appears when it is whole
   * @throws IllegalArgumentException if the configuration is of no known family, naming the key
   * @throws dev.assay.engine.config.BadInputException if the target exists or the disk is too small
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(
      JsonNode config, DType dtype, long seed, Path target, Listener listener) {
    write(
        config,
        dtype,
        seed,
        InitialValues.PLAIN,
        new GeneratedCheckpoint(target, config, dtype),
        listener);
  }

  /**
   * Writes one that is to be trained, with the weights that its family's code in transformers
   * begins with, but from other numbers, and with the tokenizer of another model.
   *
   * @param source the other
   * @see #write(JsonNode, DType, long, Path, Listener)
   */
  public static void write(
      JsonNode config, DType dtype, long seed, Path target, Checkpoint source) {
    write(
        config,
        dtype,
        seed,
        InitialValues.of(new Families().architecture(config), config),
        new GeneratedCheckpoint(target, config, dtype).withFilesOf(source),
        (tensors, all) -> {});
  }

  private static void write(
      JsonNode config,
      DType dtype,
      long seed,
      InitialValues values,
      GeneratedCheckpoint checkpoint,
      Listener listener) {
    Map<String, Parameter> parameters = new TreeMap<>();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Parameter parameter : ParameterList.of(config).parameters()) {
      parameters.put(parameter.name(), parameter);
      shapes.put(parameter.name(), parameter.shape());
    }
    Map<Double, WeightGenerator> generators = new HashMap<>();
    int[] written = {0};
    checkpoint.write(
        shapes,
        (name, out) -> {
          WeightGenerator generator =
              generators.computeIfAbsent(
                  values.of(name), deviation -> new WeightGenerator(dtype, seed, deviation));
          write(generator, values, Objects.requireNonNull(parameters.get(name)), out);
          listener.wrote(++written[0], shapes.size());
        });
  }

  private static void write(
      WeightGenerator generator, InitialValues values, Parameter parameter, FileChannel out)
      throws IOException {
    long elements = parameter.shape().size();
    switch (parameter.kind()) {
      case LINEAR, EMBEDDING -> generator.draw(parameter.name(), elements, out);
      case NORM_WEIGHT -> generator.fill(values.norm(), elements, out);
      case BIAS -> generator.fill(0, elements, out);
    }
  }

  /** The sha256, in hex, over all that decides the bytes of one, known before it is written. */
  public static String key(JsonNode config, DType dtype, long seed) {
    try {
      String text =
          "synthetic %d %s %d %s"
              .formatted(
                  WeightGenerator.VERSION,
                  dtype.label(),
                  seed,
                  JSON.writeValueAsString(JSON.treeToValue(config, Object.class)));
      return DigestUtils.sha256Hex(text);
    } catch (IOException e) {
      throw new UncheckedIOException("a JSON tree can always be written", e);
    }
  }
}
