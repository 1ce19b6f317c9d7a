package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is rounded anew where that is allowed, and what is not. */
class RoundedAnewTest extends TorchTest {
  private static final String LINEAR = "model.layers.0.mlp.up_proj";

  @TempDir Path directory;
  @TempDir Path kept;

  private static Checkpoint artifact(String name) {
    return Checkpoint.open(Goldens.room("artifacts").resolve(name));
  }

  private Exported export(
      Checkpoint source,
      String format,
      @Nullable String type,
      @Nullable Integer bits,
      @Nullable Integer groupSize) {
    return new ExportFormats()
        .of(format)
        .export(
            torch,
            source,
            directory.resolve("target"),
            new ExportOptions(
                1L << 30,
                Optional.ofNullable(type),
                true,
                Optional.ofNullable(bits),
                Optional.ofNullable(groupSize)));
  }

  private double distance(Checkpoint before, Checkpoint after) {
    try (NDManager each = torch.manager().newSubManager()) {
      NDArray was = before.linear(torch, each, LINEAR).dequantize(torch, each);
      NDArray is = after.linear(torch, each, LINEAR).dequantize(torch, each);
      double error = was.sub(is).square().mean().getFloat();
      return Math.sqrt(error / was.square().mean().getFloat());
    }
  }

  /** As near as the format's grid is fine, and not the same. */
  @ParameterizedTest
  @CsvSource({
    "bitsandbytes/nf4, gptq, , , 32, int4 g32, 0.2",
    "bitsandbytes/nf4, gptq, , 8, 32, int8 g32, 0.02",
    "bitsandbytes/nf4, awq, , , 32, int4 g32, 0.2",
    "bitsandbytes/nf4, compressed-tensors, , 6, 32, int6 g32, 0.06",
    "gptq/w4_g32_sym_v1, bitsandbytes, , , , codebook4 b64, 0.2",
    "gptq/w4_g32_sym_v1, bitsandbytes, fp4-double, , , codebook4 b64, 0.3",
    "gptq/w4_g32_sym_v1, bitsandbytes, int8, , , int8 per row, 0.04",
    "gptq/w4_g32_sym_v1, bitnet, , , , int2 per row, 0.9",
  })
  void asNearAsTheGridIsFine(
      String artifact,
      String format,
      String type,
      Integer bits,
      Integer groupSize,
      String form,
      double most) {
    Checkpoint source = artifact(artifact);
    Exported exported = export(source, format, type, bits, groupSize);
    assertThat(exported.notes())
        .contains("rounded anew: 14 linears, from %s to %s".formatted(source.format(LINEAR), form));
    assertThat(exported.notes().stream().anyMatch(note -> note.contains("round inputs")))
        .isEqualTo(format.equals("bitnet") || "int8".equals(type));
    Checkpoint written = Checkpoint.open(directory.resolve("target"));
    assertThat(written.format(LINEAR)).isEqualTo(form);
    assertThat(written.hasOwnFormats()).isFalse();
    double distance = distance(source, written);
    assertThat(distance).isPositive().isLessThanOrEqualTo(most);
  }

  /** Of widths of their own those that AWQ has stay as they are. */
  @Test
  void whatFitsStaysAsItIs() {
    Checkpoint source = artifact("compressed-tensors/mixed_w8attn_w4mlp_ignore_regex");

    Exported exported = export(source, "awq", null, null, null);

    assertThat(exported.notes())
        .anyMatch(note -> note.matches("rounded anew: \\d+ linears, from int8 .* to int4 g32"));
    assertThat(distance(source, Checkpoint.open(directory.resolve("target")))).isZero();
  }

  /** Of widths of their own those that come first are no measure of what stays. */
  @Test
  void groupsAreThoseOfWhatStays() throws IOException {
    Checkpoint source =
        made(
            "rtn: {bits: 8, groupSize: 16, targets: ['self_attn.*']}",
            "rtn: {bits: 4, groupSize: 32, targets: ['mlp.*']}");

    export(source, "awq", null, null, null);

    Checkpoint written = Checkpoint.open(directory.resolve("target"));
    assertThat(written.format("model.layers.0.self_attn.q_proj")).isEqualTo("int4 g32");
    assertThat(distance(source, written)).isZero();
  }

  @Test
  void groupsThatWereAskedForBesideOthers() throws IOException {
    Checkpoint source =
        made(
            "rtn: {bits: 8, groupSize: 16, targets: ['self_attn.*']}",
            "rtn: {bits: 4, groupSize: 32, targets: ['mlp.*']}");

    assertThatThrownBy(() -> export(source, "awq", null, null, 64))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found --group-size 64 beside int4 g32")
        .hasMessageContaining("expected 32");
    assertThat(directory).isEmptyDirectory();
  }

  /** A configuration says one kind of codes for all. */
  @Test
  void typesAreThoseOfWhatStays() throws IOException {
    Checkpoint source =
        made(
            "nf4: {targets: ['self_attn.*']}", "rtn: {bits: 3, groupSize: 16, targets: ['mlp.*']}");

    assertThatThrownBy(() -> export(source, "bitsandbytes", "int8", null, null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found --type int8 beside 4-bit codes")
        .hasMessageContaining("expected a type of 4 bits");
    assertThat(directory.resolve("target")).doesNotExist();
    Exported exported = export(source, "bitsandbytes", "fp4", null, null);
    assertThat(exported.notes()).anyMatch(note -> note.contains("from int3 g16 to codebook4 b64"));
  }

  private Checkpoint made(String... stages) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Path target = kept.resolve("made");
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(kept, List.of(stages)),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    return Checkpoint.open(target);
  }

  @Test
  void whatIsDenseIsRoundedWhereNothingIsPacked() {
    Checkpoint source = Checkpoint.open(Goldens.repository().resolve("models/ref-7m"));

    Exported exported = export(source, "gptq", null, null, null);

    assertThat(exported.notes()).anyMatch(note -> note.endsWith("from dense to int4 g128"));
    Checkpoint written = Checkpoint.open(directory.resolve("target"));
    assertThat(written.format(LINEAR)).isEqualTo("int4 g128");
    assertThat(written.info(LINEAR + ".scales").dtype().label()).isEqualTo("float16");
    assertThat(distance(source, written)).isBetween(0.0, 0.15);
  }

  @Test
  void whatNoOptionHas() {
    Checkpoint source = artifact("bitsandbytes/nf4");
    for (List<Object> wrong :
        List.<List<Object>>of(
            List.of("awq", 8, "--bits: found 8, expected what AWQ packs: 4"),
            List.of("gptq", 5, "--bits: found 5, expected what GPTQ packs: 2, 3, 4 or 8"))) {
      assertThatThrownBy(
              () -> export(source, (String) wrong.get(0), null, (Integer) wrong.get(1), null))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining((String) wrong.get(2));
    }
    assertThatThrownBy(() -> export(source, "bitsandbytes", "nf5", null, null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("type: found 'nf5', expected one of nf4, nf4-double");
    assertThatThrownBy(() -> export(source, "fp8", null, null, null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected whole blocks of 128 and 128");
    assertThatThrownBy(() -> export(source, "mxfp4", null, null, null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model_type: found 'llama', expected gpt_oss");
    assertThat(directory).isEmptyDirectory();
  }
}
