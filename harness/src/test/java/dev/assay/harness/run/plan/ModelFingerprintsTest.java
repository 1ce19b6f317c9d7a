package dev.assay.harness.run.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench;
import dev.assay.harness.suite.ModelFingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFingerprintsTest {
  @TempDir Path directory;

  private ModelFingerprint fingerprint(Path model) {
    return new ModelFingerprints(directory.resolve("cache")).of(model);
  }

  /** Configuration and tokenizer of a GGUF file are in its metadata, which no tensor shows. */
  @Test
  void metadataOfAFileCount() throws IOException {
    Path file = directory.resolve("model.gguf");
    TestBench.say(
        List.of(
            "export",
            TestBench.model("ref-7m").toString(),
            "--format",
            "gguf-q4_0",
            "--output",
            file.toString()));
    byte[] content = Files.readAllBytes(file);
    Path same =
        Files.write(Files.createDirectory(directory.resolve("b")).resolve("s.gguf"), content);
    String key = "llama.rope.freq_base";
    int at = new String(content, StandardCharsets.ISO_8859_1).indexOf(key) + key.length() + 4;
    content[at + 1] ^= 1;
    Path other = Files.write(directory.resolve("other.gguf"), content);

    ModelFingerprint found = fingerprint(file);

    assertThat(found.tensors()).hasSize(64);
    assertThat(found.files()).containsOnlyKeys("GGUF metadata");
    assertThat(fingerprint(same)).isEqualTo(found);
    assertThat(fingerprint(other).tensors()).isEqualTo(found.tensors());
    assertThat(fingerprint(other).files()).isNotEqualTo(found.files());
    Files.writeString(same.resolveSibling("tokenizer.json"), "{}");
    assertThat(fingerprint(same).files()).containsOnlyKeys("GGUF metadata", "tokenizer.json");
  }

  @Test
  void directoriesCountWhatIsBesideTheWeights() {
    assertThat(fingerprint(TestBench.model("ref-7m")).files())
        .containsOnlyKeys("config.json", "tokenizer.json", "tokenizer_config.json");
  }

  @Test
  void aCacheThatCannotBeWrittenIsNoFaultOfTheModel() throws IOException {
    ModelFingerprint kept = fingerprint(TestBench.model("ref-7m"));
    Path inTheWay = Files.createFile(directory.resolve("file"));

    assertThat(new ModelFingerprints(inTheWay).of(TestBench.model("ref-7m"))).isEqualTo(kept);
    assertThat(new ModelFingerprints(inTheWay.resolve("in")).of(TestBench.model("ref-7m")))
        .isEqualTo(kept);
  }

  /** Neither size nor time of modification tells of other weights. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void weightsThatWereChangedUnderTheSameTimeAreOthers(boolean inPlace) throws IOException {
    Path model = directory.resolve("model");
    PathUtils.copyDirectory(TestBench.model("ref-7m"), model);
    Path weights = model.resolve("model.safetensors");
    FileTime time = FileTime.fromMillis(1_700_000_000_000L);
    Files.setLastModifiedTime(weights, time);
    String before = fingerprint(model).tensors();
    assertThat(fingerprint(model).tensors()).isEqualTo(before);

    byte[] other = Files.readAllBytes(weights);
    other[other.length - 5] ^= 1;
    if (inPlace) {
      Files.write(weights, other);
    } else {
      Path elsewhere = Files.write(directory.resolve("other"), other);
      Files.move(elsewhere, weights, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setLastModifiedTime(weights, time);

    assertThat(fingerprint(model).tensors()).isNotEqualTo(before);
  }
}
