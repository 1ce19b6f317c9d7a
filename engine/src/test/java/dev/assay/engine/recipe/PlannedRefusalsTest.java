package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be is said before a weight is read. */
class PlannedRefusalsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[round-inputs, smoothquant, gptq] | model.layers.0.self_attn.q_proj: found it selected by"
            + " 'smoothquant', which moves factors, after 'round-inputs', which rounds its input,"
            + " expected the other order",
        "[w8a8, round-inputs] | model.layers.0.self_attn.q_proj: found it selected by"
            + " 'round-inputs', which rounds its input, and by 'w8a8' before, expected one rounding",
        "[round-inputs, {fp8: {activations: token}}] | found it selected by 'fp8', which rounds its",
        "[kv-cache, kv-static] | stage kv-static: found it after 'kv-cache', expected one stage that",
        "[round-inputs, awq] | found it selected by 'awq', which moves factors, after",
        "[{stress-outliers: {channels: [3, 64], factors: [9, 9]}}] | stage stress-outliers:"
            + " channels: found 64, expected 0 to 63, the features of the norm in front of"
            + " model.layers.0.self_attn.q_proj",
        "[{hqq: {bits: 8, groupSize: 48, targets: [embedding]}}] | stage hqq: model.embed_tokens"
            + " [512, 64]: found 64 columns, expected whole groups of 48",
        "[kv-cache, fwsvd] | stage fwsvd: found it after 'kv-cache', which rounds inputs, keys or"
            + " values, expected it before: it goes by gradients",
        "[round-inputs, {asvd: {statistic: fisher}}] | stage asvd: found it after 'round-inputs'",
      })
  void refused(String stages, String message) throws IOException {
    List<Step> steps = RecipeText.steps(directory, stages);
    PipelineCheck check =
        new PipelineCheck(ModelFixture.of("llama").architecture(), StageRegistry.load());

    assertThatThrownBy(() -> check.require(steps))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[smoothquant, gptq, round-inputs]",
        "[{round-inputs: {targets: [mlp.*]}}, {w8a8: {targets: ['self_attn.*']}}, kv-cache]",
        "[round-inputs, fp8]",
        "[{round-inputs: {targets: [mlp.down_proj]}}, {awq: {ignore: [mlp.*], groupSize: 16}}]",
        "[fwsvd, kv-cache]",
        "[round-inputs, asvd]",
        "[round-inputs, {awq: {scaleSearch: false, groupSize: 16}}]",
        "[{gptq: {groupSize: 16}}, {hqq: {bits: 8, groupSize: 32, targets: [embedding]}}]",
      })
  void accepted(String stages) throws IOException {
    List<Step> steps = RecipeText.steps(directory, stages);
    PipelineCheck check =
        new PipelineCheck(ModelFixture.of("llama").architecture(), StageRegistry.load());

    assertThatCode(() -> check.require(steps)).doesNotThrowAnyException();
  }
}
