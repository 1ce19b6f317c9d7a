package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.BlockScales;
import dev.assay.engine.weight.CodebookWeight;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Writes the object {@code quantization_config}, keys in their usual order. */
public final class QuantizationJson {
  private static final String HEAD = "lm_head";

  private QuantizationJson() {}

  /** The object; nothing where no linear is packed. */
  public static Optional<ObjectNode> of(WrittenQuantization written) {
    if (written.general().isPresent()) {
      return written.general().map(config -> config.json(written));
    }
    if (!written.compressed().isEmpty()) {
      return Optional.of(CompressedTensorsJson.of(written));
    }
    if (!written.sparse().isEmpty()) {
      return written.sparsity().map(layout -> SparsityJson.of(written, layout));
    }
    if (!written.codebooks().isEmpty()) {
      return Optional.of(bitsAndBytes(written));
    }
    if (!written.bytes().isEmpty()) {
      return Optional.of(bytes(written));
    }
    return written.blockFloats().values().stream()
        .findFirst()
        .map(first -> BlockFloatConfig.of(first, written));
  }

  /** Each tensor has its own description; what loaders leave dense stands here. */
  private static ObjectNode bitsAndBytes(WrittenQuantization written) {
    CodebookWeight first = written.codebooks().values().iterator().next();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", "bitsandbytes");
    json.put("load_in_4bit", true);
    json.put("load_in_8bit", false);
    json.put("bnb_4bit_quant_type", first.described().table().label());
    json.put("bnb_4bit_use_double_quant", first.scales() instanceof BlockScales.Nested);
    json.put("bnb_4bit_compute_dtype", first.described().valueType().label());
    json.put("bnb_4bit_quant_storage", "uint8");
    skipped(json, written);
    return json;
  }

  private static void skipped(ObjectNode json, WrittenQuantization written) {
    Stream.concat(written.dense().stream(), written.packsHead() ? Stream.empty() : Stream.of(HEAD))
        .distinct()
        .sorted()
        .forEach(json.putArray("llm_int8_skip_modules")::add);
  }

  private static ObjectNode bytes(WrittenQuantization written) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", "bitsandbytes");
    json.put("load_in_4bit", false);
    json.put("load_in_8bit", true);
    json.put("llm_int8_threshold", written.threshold());
    json.put("llm_int8_has_fp16_weight", false);
    skipped(json, written);
    return json;
  }

  /** Modules that are otherwise have patterns of their own, as GPTQModel writes them. */
  static ObjectNode gptq(QuantizationConfig config, WrittenQuantization written) {
    ObjectNode json = begin("gptq", config);
    json.put("desc_act", config.actOrder());
    json.put("sym", config.symmetric());
    json.put("checkpoint_format", config.format().label());
    json.put(HEAD, written.packsHead());
    ObjectNode dynamic = JsonNodeFactory.instance.objectNode();
    written.others().forEach((module, other) -> dynamic.set("+:" + exactly(module), own(other)));
    written.dense().stream()
        .filter(WrittenQuantization::isInLayer)
        .forEach(module -> dynamic.putObject("-:" + exactly(module)));
    if (!dynamic.isEmpty()) {
      json.set("dynamic", dynamic);
    }
    return json;
  }

  private static ObjectNode own(QuantizationConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bits", config.bits());
    json.put("group_size", config.groupSize());
    json.put("desc_act", config.actOrder());
    json.put("sym", config.symmetric());
    return json;
  }

  private static String exactly(String module) {
    return "^" + module.replace(".", "\\.") + "$";
  }

  static ObjectNode awq(QuantizationConfig config, WrittenQuantization written) {
    ObjectNode json = begin("awq", config);
    json.put("zero_point", !config.symmetric());
    json.put("version", "gemm");
    SortedSet<String> modules = new TreeSet<>(written.dense());
    modules.add(HEAD);
    modules.forEach(json.putArray("modules_to_not_convert")::add);
    return json;
  }

  private static ObjectNode begin(String method, QuantizationConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", method);
    json.put("bits", config.bits());
    json.put("group_size", config.groupSize());
    return json;
  }
}
