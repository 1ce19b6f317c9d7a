package dev.assay.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.QuantizationConfig.Format;
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
        "{'quant_method': 'awq', 'bits': 3, 'group_size': 8} | bits: found 3, expected 4",
        "{'quant_method': 'awq', 'bits': 4, 'group_size': 8, 'version': 'gemv'}"
            + " | version: found gemv, expected gemm",
      })
  void refused(String json, String message) throws IOException {
    config(json.replace('\'', '"'));

    assertThatThrownBy(this::read)
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining(directory.resolve("config.json").toString())
        .hasMessageContaining(message);
  }

  private void config(String quantization) throws IOException {
    Files.writeString(
        directory.resolve("config.json"), "{\"quantization_config\": " + quantization + "}");
  }

  private QuantizationConfig read() {
    return Checkpoint.open(directory).quantization().orElseThrow();
  }
}
