package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.linear.GridForm;
import java.util.SortedSet;

/** Writes the object {@code quantization_config}, keys in their usual order. */
final class QuantizationJson {
  private static final String HEAD = "lm_head";

  private QuantizationJson() {}

  /**
   * The object.
   *
   * @param dense linears that are not quantized, beside the head
   */
  static ObjectNode of(QuantizationConfig config, SortedSet<String> dense) {
    return switch (config.format()) {
      case GPTQ, GPTQ_V2 -> gptq(config);
      case AWQ -> awq(config);
      case COMPRESSED_TENSORS -> compressedTensors(config, dense);
      case FLOAT_QUANTIZED, BITSANDBYTES ->
          throw new IllegalArgumentException(config.format().label() + " is not written");
    };
  }

  private static ObjectNode gptq(QuantizationConfig config) {
    ObjectNode json = begin("gptq", config);
    json.put("desc_act", config.actOrder());
    json.put("sym", config.symmetric());
    json.put("checkpoint_format", config.format().label());
    json.put(HEAD, false);
    return json;
  }

  private static ObjectNode awq(QuantizationConfig config) {
    ObjectNode json = begin("awq", config);
    json.put("zero_point", !config.symmetric());
    json.put("version", "gemm");
    json.putArray("modules_to_not_convert").add(HEAD);
    return json;
  }

  private static ObjectNode begin(String method, QuantizationConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", method);
    json.put("bits", config.bits());
    json.put("group_size", config.groupSize());
    return json;
  }

  private static ObjectNode compressedTensors(QuantizationConfig config, SortedSet<String> dense) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("quant_method", "compressed-tensors");
    json.put("format", CompressedTensorsConfig.PACKED);
    json.put("quantization_status", "compressed");
    ObjectNode group = json.putObject("config_groups").putObject("group_0");
    group.putArray("targets").add("Linear");
    ObjectNode weights = group.putObject("weights");
    boolean channel = config.groupSize() == GridForm.PER_CHANNEL;
    weights.put("num_bits", config.bits());
    weights.put("type", "int");
    weights.put("symmetric", config.symmetric());
    weights.put("strategy", channel ? "channel" : "group");
    if (channel) {
      weights.putNull("group_size");
    } else {
      weights.put("group_size", config.groupSize());
    }
    if (config.actOrder()) {
      weights.put("actorder", "group");
    } else {
      weights.putNull("actorder");
    }
    weights.put("dynamic", false);
    group.putNull("input_activations");
    group.putNull("output_activations");
    dense.forEach(json.putArray("ignore").add(HEAD)::add);
    json.putNull("kv_cache_scheme");
    return json;
  }
}
