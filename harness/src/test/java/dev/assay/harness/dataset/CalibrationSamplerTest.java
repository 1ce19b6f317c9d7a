package dev.assay.harness.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.recipe.Sampling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationSamplerTest {
  private static final TokenSequence TOKENS =
      new TokenSequence("counting", LongStream.range(0, 1000).toArray());

  @Test
  void aBosInEverySampleIsOneOfItsTokens() {
    long[][] first =
        new CalibrationSampler(Sampling.FIRST, 3, 5, OptionalLong.of(7_777), 0)
            .sample(TOKENS)
            .ids();
    long[][] plain =
        new CalibrationSampler(Sampling.FIRST, 3, 4, OptionalLong.empty(), 0).sample(TOKENS).ids();
    for (int i = 0; i < 3; i++) {
      assertThat(first[i]).hasSize(5).startsWith(7_777).endsWith(plain[i]);
    }
    long[][] drawn =
        new CalibrationSampler(Sampling.RANDOM, 9, 16, OptionalLong.of(7_777), 3)
            .sample(TOKENS)
            .ids();
    for (long[] sample : drawn) {
      assertThat(sample).hasSize(16).startsWith(7_777);
    }
  }

  @Test
  void firstTakesWindowsInOrder() {
    CalibrationSequences found =
        new CalibrationSampler(Sampling.FIRST, 3, 4, OptionalLong.empty(), 0).sample(TOKENS);

    assertThat(found.ids())
        .isDeepEqualTo(new long[][] {{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}});
  }

  @Test
  void randomOffsetsAreThoseOfTheDocumentedGenerator() {
    CalibrationSequences found =
        new CalibrationSampler(Sampling.RANDOM, 50, 32, OptionalLong.empty(), 7).sample(TOKENS);

    SplittableRandom random = new SplittableRandom(7);
    for (long[] sequence : found.ids()) {
      int offset = random.nextInt(1000 - 32 + 1);
      assertThat(sequence).isEqualTo(TOKENS.slice(offset, 32));
    }
  }

  @Test
  void seedDecides() {
    String seven =
        new CalibrationSampler(Sampling.RANDOM, 8, 16, OptionalLong.empty(), 7)
            .sample(TOKENS)
            .sha256();

    assertThat(
            new CalibrationSampler(Sampling.RANDOM, 8, 16, OptionalLong.empty(), 7)
                .sample(TOKENS)
                .sha256())
        .isEqualTo(seven);
    assertThat(
            new CalibrationSampler(Sampling.RANDOM, 8, 16, OptionalLong.empty(), 8)
                .sample(TOKENS)
                .sha256())
        .isNotEqualTo(seven);
  }

  @Test
  void hashIsOverLittleEndian64BitIds(@TempDir Path directory) throws Exception {
    // sha256 of Python's struct.pack('<4q', 1, 2, 3, 258).
    String expected = "bf58d6eadfd2b63f88438430a367a7c4dedb2460b83c67ce32557d40d4239fa1";
    CalibrationSequences sequences = new CalibrationSequences(new long[][] {{1, 2}, {3, 258}});
    Path file = directory.resolve("ids.bin");

    sequences.writeTo(file);

    assertThat(sequences.sha256()).isEqualTo(expected);
    assertThat(DigestUtils.sha256Hex(Files.readAllBytes(file))).isEqualTo(expected);
  }

  @Test
  void wholeTextIsOneRandomSample() {
    assertThat(
            new CalibrationSampler(Sampling.RANDOM, 2, 1000, OptionalLong.empty(), 1)
                .sample(TOKENS)
                .ids()[1])
        .isEqualTo(TOKENS.slice(0, 1000));
  }

  @Test
  void shortTextSaysWhatWasFoundAndExpected() {
    assertThatThrownBy(
            () ->
                new CalibrationSampler(Sampling.FIRST, 8, 128, OptionalLong.empty(), 0)
                    .sample(TOKENS))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "counting: found 1000 tokens, expected at least 1024 for 8 calibration samples of 128"
                + " tokens (first windows)");
    assertThatThrownBy(
            () ->
                new CalibrationSampler(Sampling.RANDOM, 1, 1001, OptionalLong.empty(), 0)
                    .sample(TOKENS))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found 1000 tokens, expected at least 1001");
  }

  @Test
  void sequencesCannotBeChangedFromOutside() {
    CalibrationSequences sequences = new CalibrationSequences(new long[][] {{1, 2}});
    String before = sequences.sha256();

    sequences.ids()[0][0] = 9;

    assertThat(sequences.sha256()).isEqualTo(before);
  }
}
