package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.WeightRows;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks of a GGUF file written in other formats. */
class BlocksOutTest extends TorchTest {
  private static final GridForm SYMMETRIC =
      new GridForm(4, 32, true, true, GridForm.Layout.COMPRESSED_TENSORS);
  private static final GridForm ASYMMETRIC =
      new GridForm(4, 32, false, true, GridForm.Layout.COMPRESSED_TENSORS);

  @TempDir Path directory;

  /** By value where the formats' loaders want a dense head, and where they have no such grid. */
  @ParameterizedTest
  @CsvSource({
    "awq, false, dense",
    "bitsandbytes, true, dense",
    "bitnet, true, dense",
    "gptq, false, int4 g32"
  })
  void heads(String format, boolean requantize, String form) {
    Checkpoint source = file(ModelFixture.of("llama"), prefix -> SYMMETRIC);
    assertThat(source.format("lm_head")).isEqualTo("Q4_0");

    Checkpoint written = export(source, format, requantize);

    assertThat(written.format("lm_head")).isEqualTo(form);
    assertThat(written.format("model.layers.0.mlp.up_proj")).isNotEqualTo("dense");
    NDArray before = source.linear(torch, scope, "lm_head").dequantize(torch, scope);
    NDArray after = written.linear(torch, scope, "lm_head").dequantize(torch, scope);
    assertThat(WeightRows.same(torch, after, before)).isTrue();
  }

  /** What goes out by value is [in, out] where the family's dense weights are. */
  @Test
  void linearsOfTheClassConv1d() {
    ModelFixture fixture = ModelFixture.of("gpt2");
    Checkpoint source =
        file(
            fixture,
            prefix ->
                prefix.contains(".mlp.") ? ASYMMETRIC : prefix.contains(".h.") ? SYMMETRIC : null);
    assertThat(source.format("transformer.h.0.mlp.c_fc")).isEqualTo("Q5_0");

    Checkpoint written = export(source, "gptq", false);

    assertThat(written.format("transformer.h.0.attn.c_proj")).isEqualTo("int4 g32");
    assertThat(written.format("transformer.h.0.mlp.c_fc")).isEqualTo("dense");
    NDArray expected = FamilyFixtures.outputs(torch, scope, fixture, source);
    NDArray found = FamilyFixtures.outputs(torch, scope, fixture, written);
    assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(1e-3f);
  }

  private Checkpoint export(Checkpoint source, String format, boolean requantize) {
    Path target = directory.resolve(format.equals("gguf") ? "model.gguf" : format);
    new ExportFormats()
        .of(format)
        .export(torch, source, target, new ExportOptions(1L << 30, Optional.empty(), requantize));
    return Checkpoint.open(target);
  }

  /** A file of a family whose linears lie on some grids. */
  private Checkpoint file(ModelFixture fixture, Function<String, @Nullable GridForm> grids) {
    Checkpoint packed =
        RandomlyPacked.of(
                torch,
                scope,
                fixture.checkpoint(),
                directory.resolve("packed"),
                prefix -> prefix.matches(".*(embed_tokens|wte|wpe)") ? null : grids.apply(prefix))
            .checkpoint();
    return export(packed, "gguf", false);
  }
}
