package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.packed.ActivationRules;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.KeyValueScales;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * A Hugging Face directory with every tensor value by value: dense ones in their own type, those
 * that were quantized in float32, which holds their values exactly. Where AWQ divides an activation
 * channel by channel, the weight that reads it is divided instead, as other loaders would pass the
 * divisors over.
 */
final class SafetensorsExport implements ExportFormat {
  private static final String WEIGHT = ".weight";

  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public String summary() {
    return "Hugging Face directory, quantized weights as float32";
  }

  @Override
  public Exported export(
      TorchSession torch, Checkpoint source, Path target, ExportOptions options) {
    SortedMap<String, Set<String>> packed = source.packedLinears();
    Set<String> parts = new TreeSet<>();
    packed.values().forEach(parts::addAll);
    Map<String, String> divisors = new Families().divisors(source);
    Set<String> transposed = new Families().transposed(source);
    Set<String> scales = new KeyValueScales(source).names();
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target, options.shardBytes())) {
      for (String name : source.names()) {
        if (!parts.contains(name) && !divisors.containsValue(name) && !scales.contains(name)) {
          try (NDManager scope = torch.manager().newSubManager()) {
            NDArray values = source.tensor(torch, scope, name);
            writer.put(
                name,
                name.endsWith(WEIGHT)
                    ? undivided(torch, scope, source, module(name), values, divisors)
                    : values);
          }
        }
      }
      for (String prefix : packed.keySet()) {
        try (NDManager scope = torch.manager().newSubManager()) {
          NDArray values =
              undivided(
                  torch,
                  scope,
                  source,
                  prefix,
                  source.linear(torch, scope, prefix).dequantize(torch, scope),
                  divisors);
          writer.put(prefix + WEIGHT, transposed.contains(prefix) ? values.transpose() : values);
        }
      }
      writer.finish(source, configuration(source), mainType(source, parts).label());
    }
    Checkpoint written = Checkpoint.open(target);
    List<String> said =
        OwnSection.saidOf(
            written, "layers", "folded", "biases", "sliced", "inputs", "caches", "experts",
            "exits");
    List<String> notes = new ArrayList<>();
    if (!said.isEmpty()) {
      notes.add("keeps " + said + " of the key assay, which other tools pass over");
    }
    unsaid(source, packed.keySet()).ifPresent(notes::add);
    return Exported.of(written, notes);
  }

  /** What is lost of a model of a family that is not known, as our own section cannot say it. */
  private static Optional<String> unsaid(Checkpoint source, Set<String> packed) {
    if (isKnown(source)) {
      return Optional.empty();
    }
    ActivationRules rules = ActivationRules.read(source.directory(), source.config());
    boolean caches = !new KeyValueScales(source).names().isEmpty();
    boolean inputs = packed.stream().anyMatch(prefix -> rules.scheme(source, prefix).isPresent());
    return caches || inputs
        ? Optional.of(
            "leaves out what the quantization does to %s: the family '%s' is not known here"
                .formatted(
                    caches ? inputs ? "inputs, keys and values" : "keys and values" : "inputs",
                    source.config().path("model_type").asText("")))
        : Optional.empty();
  }

  private static boolean isKnown(Checkpoint source) {
    return new Families().names().contains(source.config().path("model_type").asText(""));
  }

  /** What the source's quantization says of inputs, keys and values is said by our own section. */
  private static JsonNode configuration(Checkpoint source) {
    Families families = new Families();
    return isKnown(source)
        ? families.configuration(source.config(), families.architecture(source))
        : source.config();
  }

  private static String module(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length());
  }

  /** A weight [out, in] whose columns are divided in place of its input. */
  private static NDArray undivided(
      TorchSession torch,
      NDManager scope,
      Checkpoint source,
      String prefix,
      NDArray weight,
      Map<String, String> divisors) {
    String scales = divisors.get(prefix);
    if (scales == null) {
      return weight;
    }
    NDArray by = torch.tensors().cast(scope, source.tensor(torch, scope, scales), DType.FLOAT32);
    NDArray wide = torch.tensors().cast(scope, weight, DType.FLOAT32);
    return torch.tensors().cast(scope, wide.div(by), torch.tensors().typeOf(weight));
  }

  private static DType mainType(Checkpoint source, Set<String> packed) {
    return source.names().stream()
        .filter(name -> !packed.contains(name))
        .map(source::info)
        .filter(info -> info.dtype().isFloating())
        .max(Comparator.comparingLong(TensorInfo::elements))
        .map(TensorInfo::dtype)
        .orElse(DType.FLOAT32);
  }
}
