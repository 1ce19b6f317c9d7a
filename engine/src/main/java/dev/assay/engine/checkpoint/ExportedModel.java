package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.WrittenCache;
import dev.assay.engine.weight.InputScheme;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an export knows of a model beside its tensors.
 *
 * @param linears prefixes of what loaders take for linears; those that are dense are listed as left
 *     out of the quantization, which they need to know
 * @param rounded prefixes of those that may be rounded, which are the layers'
 * @param beside prefixes of what stands beside the layers and is packed; where the layout cannot
 *     hold it, it is written value by value
 * @param transposed prefixes of those whose dense weight is [in, out]
 * @param inputs what is done to inputs of linears, by prefix
 * @param caches the grids of keys and values, by the name of an attention
 * @param omitted names of tensors that stay behind
 * @param config the configuration, without what it says of quantization and types
 */
public record ExportedModel(
    List<String> linears,
    Set<String> rounded,
    Set<String> beside,
    Set<String> transposed,
    Map<String, InputScheme> inputs,
    Map<String, Optional<WrittenCache>> caches,
    Set<String> omitted,
    JsonNode config) {
  public ExportedModel {
    linears = List.copyOf(linears);
    rounded = Set.copyOf(rounded);
    beside = Set.copyOf(beside);
    transposed = Set.copyOf(transposed);
    inputs = Map.copyOf(inputs);
    caches = Map.copyOf(caches);
    omitted = Set.copyOf(omitted);
  }

  /** One of weights alone. */
  public static ExportedModel of(Checkpoint source, List<String> linears) {
    return new ExportedModel(
        linears, Set.of(), Set.of(), Set.of(), Map.of(), Map.of(), Set.of(), source.config());
  }
}
