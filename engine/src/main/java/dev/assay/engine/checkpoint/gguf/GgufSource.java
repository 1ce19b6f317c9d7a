package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A GGUF file as what a checkpoint of Hugging Face's would say of the same model.
 *
 * @param header the file's own words
 * @param config the configuration
 * @param tensors by Hugging Face's names
 * @param strays tensors that the architecture has no place for, by their own names
 */
public record GgufSource(
    GgufFile header,
    ObjectNode config,
    SortedMap<String, TensorInfo> tensors,
    List<TensorInfo> strays) {
  private static final String SPLITS = "split.count";
  private static final Set<String> SUFFIXES = Set.of("weight", "bias");

  public GgufSource {
    tensors = Collections.unmodifiableSortedMap(tensors);
    strays = List.copyOf(strays);
  }

  /**
   * Reads a file's header.
   *
   * @throws BadCheckpointException if it is damaged or of an unknown architecture
   */
  public static GgufSource read(Path file) {
    try {
      GgufFile header = GgufFile.read(file);
      if (header.has(SPLITS) && header.whole(SPLITS) > 1) {
        throw new BadCheckpointException(
            file + ": key " + SPLITS + ": found a part of a split model, expected a whole one");
      }
      GgufArchitecture architecture = new GgufArchitectures().of(header);
      ObjectNode config = architecture.config(header);
      return of(header, architecture, config);
    } catch (BadCheckpointException e) {
      throw e;
    } catch (BadInputException e) {
      throw new BadCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  private static GgufSource of(GgufFile header, GgufArchitecture architecture, ObjectNode config) {
    Map<String, TensorMapping> mappings = new HashMap<>();
    architecture.modules(config).forEach(mapping -> mappings.put(mapping.gguf(), mapping));
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    List<TensorInfo> strays = new ArrayList<>();
    for (GgufTensor tensor : header.tensors()) {
      if (!architecture.constants().contains(tensor.name())) {
        ModuleName name = ModuleName.of(tensor.name());
        TensorMapping mapping = mappings.get(name.pattern());
        if (mapping == null
            || name.layer() >= architecture.layers(config, mapping)
            || !SUFFIXES.contains(name.suffix())) {
          strays.add(stray(header, tensor));
        } else {
          int experts = mapping.perExpert() ? architecture.experts(config) : 1;
          for (TensorInfo info : infos(header, tensor, name, mapping, config, experts)) {
            tensors.put(info.name(), info);
          }
        }
      }
    }
    return new GgufSource(header, config, tensors, strays);
  }

  private static TensorInfo stray(GgufFile header, GgufTensor tensor) {
    return new TensorInfo(
        tensor.name(),
        tensor.type().loaded(),
        new Shape(tensor.shape()),
        header.file(),
        tensor.begin(),
        tensor.end());
  }

  /** A tensor as Hugging Face has it: one, or one for each expert. */
  private static List<TensorInfo> infos(
      GgufFile header,
      GgufTensor tensor,
      ModuleName name,
      TensorMapping mapping,
      ObjectNode config,
      int experts) {
    long[] whole = tensor.shape();
    if (mapping.perExpert() && (whole.length != 3 || whole[0] != experts)) {
      throw bad(header, tensor, "shape " + Arrays.toString(whole), "[" + experts + ", out, in]");
    }
    long[] shape = mapping.perExpert() ? new long[] {whole[1], whole[2]} : whole;
    Adjustment adjustment = mapping.adjustment(name.suffix(), shape.length, config);
    if (shape[0] % HeadRows.multiple(adjustment) != 0) {
      throw bad(header, tensor, shape[0] + " rows", HeadRows.expected(adjustment));
    }
    long[] loaded =
        adjustment instanceof Adjustment.Transposed ? new long[] {shape[1], shape[0]} : shape;
    long bytes = (tensor.end() - tensor.begin()) / experts;
    List<TensorInfo> infos = new ArrayList<>();
    for (int expert = 0; expert < experts; expert++) {
      infos.add(
          new TensorInfo(
              mapping.huggingFace(name.layer(), expert) + "." + name.suffix(),
              tensor.type().loaded(),
              new Shape(loaded),
              header.file(),
              tensor.begin() + expert * bytes,
              tensor.begin() + (expert + 1) * bytes,
              new GgufEncoding(tensor.type(), adjustment)));
    }
    return infos;
  }

  private static BadCheckpointException bad(
      GgufFile header, GgufTensor tensor, String found, String expected) {
    return new BadCheckpointException(
        "%s: tensor '%s': found %s, expected %s"
            .formatted(header.file(), tensor.name(), found, expected));
  }
}
