package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations with the keys that AutoGPTQ, GPTQModel and AutoAWQ write. */
class QuantizationConfigTest {
  @TempDir Path directory;

  @BeforeEach
  void write() throws IOException {
    RawCheckpoint.source(directory);
  }

  @Test
  void autoGptq() throws IOException {
    Files.writeString(
        directory.resolve("quantize_config.json"),
        """
        {"bits": 4, "group_size": 128, "damp_percent": 0.01, "desc_act": true,
         "static_groups": false, "sym": true, "true_sequential": true,
         "model_name_or_path": null, "model_file_base_name": "model"}""");

    assertThat(read()).isEqualTo(new QuantizationConfig(Format.GPTQ, 4, 128, true, true));
  }

  @Test
  void gptqModel() throws IOException {
    config(
        """
        {"bits": 3, "checkpoint_format": "gptq_v2", "desc_act": false, "group_size": -1,
         "lm_head": false, "meta": {"damp_percent": 0.05}, "quant_method": "gptq", "sym": false,
         "true_sequential": true}""");

    assertThat(read()).isEqualTo(new QuantizationConfig(Format.GPTQ_V2, 3, -1, false, false));
  }

  @Test
  void autoAwq() throws IOException {
    config(
        """
        {"bits": 4, "group_size": 128, "modules_to_not_convert": null, "quant_method": "awq",
         "version": "GEMM", "zero_point": true}""");

    assertThat(read()).isEqualTo(new QuantizationConfig(Format.AWQ, 4, 128, false, false));
  }

  @Test
  void compressedTensors() throws IOException {
    config(
        """
        {"config_groups": {"group_0": {"input_activations": null, "output_activations": null,
           "targets": ["Linear"], "weights": {"actorder": "group", "block_structure": null,
           "dynamic": false, "group_size": 128, "num_bits": 4, "observer": "minmax",
           "observer_kwargs": {}, "strategy": "group", "symmetric": false, "type": "int"}}},
         "format": "pack-quantized", "global_compression_ratio": 1.89, "ignore": ["lm_head"],
         "kv_cache_scheme": null, "quant_method": "compressed-tensors",
         "quantization_status": "compressed"}""");

    assertThat(read())
        .isEqualTo(new QuantizationConfig(Format.COMPRESSED_TENSORS, 4, 128, false, true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'type': 'int', 'strategy': 'channel', 'group_size': null, 'actorder': 'static'| -1 |false",
        "'type': 'int', 'strategy': 'group', 'group_size': 32, 'actorder': true | 32 | true",
        "'type': 'int', 'strategy': 'group', 'group_size': 32, 'actorder': 'weight' | 32 | false",
      })
  void compressedTensorsWeights(String weights, int groupSize, boolean actOrder)
      throws IOException {
    config(compressed("pack-quantized", "'num_bits': 8, " + weights));

    assertThat(read())
        .isEqualTo(new QuantizationConfig(Format.COMPRESSED_TENSORS, 8, groupSize, true, actOrder));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "marlin-24 | '' | format: found marlin-24, expected pack-quantized, int-quantized",
        "nvfp4-pack-quantized | 'type': 'int' | weights.type: found \"int\", expected float",
        "pack-quantized | 'type': 'float' | group_0.weights.type: found \"float\", expected int",
        "pack-quantized | 'type': 'int', 'num_bits': 9 | weights.num_bits: found 9, expected 1 to",
        "pack-quantized | 'type': 'int', 'num_bits': 4, 'strategy': 'block'"
            + " | weights.strategy: found block, expected group, channel or tensor",
        "pack-quantized | 'type': 'int', 'num_bits': 4, 'strategy': 'group'"
            + " | weights.group_size: found nothing, expected a whole number",
        "pack-quantized | 'type': 'int', 'num_bits': 4, 'strategy': 'channel', 'actorder': 'odd'"
            + " | weights.actorder: found \"odd\", expected group, weight or null",
        "float-quantized | 'type': 'float', 'num_bits': 8, 'strategy': 'block'"
            + " | weights.block_structure: found nothing, expected two whole numbers from 1 up",
        "float-quantized | 'type': 'float', 'num_bits': 8, 'strategy': 'token'"
            + " | weights.strategy: found token, expected channel, tensor, group or block",
      })
  void compressedTensorsRefused(String format, String weights, String message) throws IOException {
    config(compressed(format, weights));

    assertThatThrownBy(this::read)
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(directory.resolve("config.json") + ": key quantization_config.")
        .hasMessageContaining(message);
  }

  @Test
  void packedCodesMayStandBesideRoundedInputs() throws IOException {
    config(
        compressed("pack-quantized", "'type': 'int', 'num_bits': 4, 'strategy': 'channel'")
            .replace("'group_0': {", "'group_0': {'input_activations': {'num_bits': 8}, "));

    assertThat(read().format()).isEqualTo(Format.COMPRESSED_TENSORS);
  }

  @Test
  void bitsAndBytes() throws IOException {
    config(
        """
        {"_load_in_4bit": true, "bnb_4bit_compute_dtype": "bfloat16",
         "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true, "load_in_4bit": true,
         "load_in_8bit": false, "quant_method": "bitsandbytes"}""");

    assertThat(read().format()).isEqualTo(Format.BITSANDBYTES);
  }

  @Test
  void configurationBeatsTheFileBesideIt() throws IOException {
    config("{\"quant_method\": \"gptq\", \"bits\": 8, \"group_size\": 32}");
    Files.writeString(
        directory.resolve("quantize_config.json"), "{\"bits\": 4, \"group_size\": 128}");

    assertThat(read()).isEqualTo(new QuantizationConfig(Format.GPTQ, 8, 32, true, false));
  }

  @Test
  void unquantized() {
    assertThat(Checkpoint.open(directory).quantization()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'bits': 4, 'group_size': 8} | quant_method: found nothing, expected gptq, awq",
        "{'quant_method': 'hqq'} | quant_method: found hqq, expected gptq, awq, compressed-tensors",
        "{'quant_method': 'gptq', 'group_size': 8} | bits: found nothing, expected a whole number",
        "{'quant_method': 'gptq', 'bits': 4} | group_size: found nothing, expected a whole number",
        "{'quant_method': 'gptq', 'bits': '4', 'group_size': 8} | bits: found \"4\", expected",
        "{'quant_method': 'gptq', 'bits': 5, 'group_size': 8} | bits: found 5, expected 2, 3, 4",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 0} | groupSize: found 0, expected",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 8, 'sym': 1} | sym: found 1, expected",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 8, 'checkpoint_format': 'marlin'}"
            + " | checkpoint_format: found marlin, expected gptq or gptq_v2",
        "{'quant_method': 'bitsandbytes', 'load_in_4bit': true, 'load_in_8bit': true} |"
            + " load_in_4bit: found true, expected false beside load_in_8bit: true",
        "{'quant_method': 'bitsandbytes'} | load_in_4bit: found nothing, expected true",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 8, 'pack_dtype': 'int8'}"
            + " | pack_dtype: found int8, expected int32",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 8, 'dynamic': {'+:a': {'bits': 5}}}"
            + " | dynamic.+:a.bits: found 5, expected 2, 3, 4 or 8",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 8, 'dynamic': {'-:(a': {}}}"
            + " | dynamic.-:(a: found Unclosed group, expected a pattern of module names",
        "{'quant_method': 'gptq', 'bits': 4, 'group_size': 8, 'dynamic': []}"
            + " | dynamic: found [], expected an object",
        "{'quant_method': 'awq', 'bits': 3, 'group_size': 8} | bits: found 3, expected 4",
        "{'quant_method': 'awq', 'bits': 4, 'group_size': 8, 'version': 'marlin'}"
            + " | version: found marlin, expected gemm or gemv",
        "{'quant_method': 'mxfp4'} | fp8 or bitnet: experts of GPT-OSS in MXFP4, whose family is",
        "{'quant_method': 'fp8', 'weight_block_size': [128]} | weight_block_size: found [128], expected",
        "{'quant_method': 'fp8', 'fmt': 'e5m2'} | fmt: found e5m2, expected e4m3",
        "{'quant_method': 'bitnet', 'linear_class': 'odd'} | linear_class: found odd, expected",
        "{'quant_method': 'bitnet', 'use_rms_norm': true} | use_rms_norm: found true, expected false",
        "{'quant_method': 'bitnet', 'linear_class': 'autobitlinear', 'quantization_mode': 'x'}"
            + " | quantization_mode: found x, expected offline or online",
        "{'quant_method': 'compressed-tensors', 'sparsity_config': {'format': 'marlin-24'}}"
            + " | sparsity_config.format: found marlin-24, expected sparse-24-bitmask,",
        "{'quant_method': 'torchao', 'quant_type': {'default': {'_type': 'Int8WeightOnlyConfig'}}}"
            + " | quant_method: found torchao, expected gptq, awq, compressed-tensors,",
      })
  void refused(String json, String message) throws IOException {
    config(json.replace('\'', '"'));

    assertThatThrownBy(this::read)
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(directory.resolve("config.json").toString())
        .hasMessageContaining(message);
  }

  private static String compressed(String format, String weights) {
    return "{'quant_method': 'compressed-tensors', 'format': '"
        + format
        + "', 'config_groups': {'group_0': {'weights': {"
        + weights
        + "}}}}";
  }

  private void config(String quantization) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"quantization_config\": " + quantization.replace('\'', '"') + "}");
  }

  private QuantizationConfig read() {
    return Checkpoint.open(directory).quantization().orElseThrow();
  }
}
