package dev.assay.engine.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.Adjustment;
import dev.assay.engine.checkpoint.gguf.GgufArchitecture;
import dev.assay.engine.checkpoint.gguf.GgufArchitectures;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufTensor;
import dev.assay.engine.checkpoint.gguf.TensorMapping;
import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A GGUF file as what a checkpoint of Hugging Face's would say of the same model.
 *
 * @param header the file's own words
 * @param config the configuration
 * @param tensors by Hugging Face's names
 */
record GgufSource(GgufFile header, ObjectNode config, SortedMap<String, TensorInfo> tensors) {
  private static final String SUFFIX = ".gguf";
  private static final String SPLITS = "split.count";

  /**
   * The file that a path means: itself, or the only one of a directory that is none of Hugging
   * Face's.
   */
  static Optional<Path> find(Path path) {
    if (Files.isRegularFile(path)) {
      return Optional.of(path).filter(GgufSource::isGguf);
    }
    boolean huggingFace =
        Files.exists(path.resolve("config.json"))
            || Arrays.stream(WeightFiles.values())
                .flatMap(kind -> Stream.of(kind.single(), kind.index()))
                .anyMatch(name -> Files.exists(path.resolve(name)));
    if (huggingFace || !Files.isDirectory(path)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files = entries.filter(GgufSource::isGguf).sorted().toList();
      if (files.size() > 1) {
        throw new BadCheckpointException(
            path
                + ": found "
                + files.size()
                + " GGUF files, expected one, or the path of one of them");
      }
      return files.stream().findFirst();
    } catch (IOException e) {
      throw new BadCheckpointException(path + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isGguf(Path file) {
    return file.toString().endsWith(SUFFIX) && Files.isRegularFile(file);
  }

  /**
   * Reads a file's header.
   *
   * @throws BadCheckpointException if it is damaged, of an unknown architecture, or holds tensors
   *     that the architecture has no place for
   */
  static GgufSource read(Path file) {
    try {
      GgufFile header = GgufFile.read(file);
      if (header.has(SPLITS) && header.whole(SPLITS) > 1) {
        throw new BadCheckpointException(
            file + ": key " + SPLITS + ": found a part of a split model, expected a whole one");
      }
      GgufArchitecture architecture = new GgufArchitectures().of(header);
      ObjectNode config = architecture.config(header);
      return new GgufSource(header, config, tensors(header, architecture, config));
    } catch (BadCheckpointException e) {
      throw e;
    } catch (BadInputException e) {
      throw new BadCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  private static SortedMap<String, TensorInfo> tensors(
      GgufFile header, GgufArchitecture architecture, ObjectNode config) {
    Map<String, TensorMapping> mappings = new HashMap<>();
    architecture.modules().forEach(mapping -> mappings.put(mapping.gguf(), mapping));
    int layers = architecture.layers(config);
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    for (GgufTensor tensor : header.tensors()) {
      if (!architecture.constants().contains(tensor.name())) {
        ModuleName name = ModuleName.of(tensor.name());
        TensorMapping mapping = mappings.get(name.pattern());
        if (mapping == null || name.layer() >= layers) {
          throw new BadCheckpointException(
              header.file()
                  + ": tensor '"
                  + tensor.name()
                  + "': found where architecture "
                  + architecture.name()
                  + " with "
                  + layers
                  + " layers has no place for it");
        }
        TensorInfo info = info(header, tensor, name, mapping, config);
        tensors.put(info.name(), info);
      }
    }
    return tensors;
  }

  private static TensorInfo info(
      GgufFile header,
      GgufTensor tensor,
      ModuleName name,
      TensorMapping mapping,
      ObjectNode config) {
    long[] shape = tensor.shape();
    Adjustment adjustment = mapping.adjustment(name.suffix(), shape.length, config);
    if (adjustment instanceof Adjustment.InterleavedHeads heads
        && shape[0] % (2L * heads.heads()) != 0) {
      throw new BadCheckpointException(
          header.file()
              + ": tensor '"
              + tensor.name()
              + "': found "
              + shape[0]
              + " rows, expected an even number for each of "
              + heads.heads()
              + " heads");
    }
    long[] loaded =
        adjustment instanceof Adjustment.Transposed ? new long[] {shape[1], shape[0]} : shape;
    return new TensorInfo(
        mapping.huggingFace(name.layer()) + "." + name.suffix(),
        tensor.type().loaded(),
        new Shape(loaded),
        header.file(),
        tensor.begin(),
        tensor.end(),
        new TensorEncoding.Gguf(tensor.type(), adjustment));
  }
}
