package dev.assay.harness.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetRegistryTest {
  @TempDir private Path directory;

  @Test
  void readsALocalTextWhole() throws Exception {
    Path file = Files.writeString(directory.resolve("mine.txt"), " Grüße\r\n\n");

    DatasetSplit split = registry().load(file.toString(), "all");

    assertThat(split.text()).isEqualTo(" Grüße\r\n\n");
    assertThat(split.bytes()).isEqualTo(11);
    assertThat(split.sha256()).isEqualTo(DigestUtils.sha256Hex(Files.readAllBytes(file)));
    assertThat(registry().load("file:" + directory.resolve("mine.txt"), "all").text())
        .isEqualTo(split.text());
    assertThat(registry().load("file://" + directory.resolve("mine.txt"), "all").text())
        .isEqualTo(split.text());
  }

  @Test
  void unknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> registry().find("europarl"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "dataset: found 'europarl', which is no path of a .txt file; expected one of"
                + " [europarl-en, wordnet-glosses, wikitext-2-raw]; did you mean 'europarl-en'?");
  }

  @Test
  void unknownSplitListsTheKnownOnes() {
    assertThatThrownBy(() -> registry().load("europarl-en", "dev"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "dataset europarl-en: found split 'dev', expected one of [train, validation, test]");
  }

  @Test
  void missingFileIsNamed() {
    Path file = directory.resolve("none.txt");

    assertThatThrownBy(() -> registry().find(file.toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ": no such file");
  }

  @Test
  void emptyFileIsRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("empty.txt"));

    assertThatThrownBy(() -> registry().find(file.toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("empty.txt: found an empty file");
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws Exception {
    Path file = Files.write(directory.resolve("latin.txt"), new byte[] {'a', (byte) 0xe9, 'b'});

    assertThatThrownBy(() -> registry().load(file.toString(), "all"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("latin.txt: found bytes that are not UTF-8");
  }

  @Test
  void fileThatChangesAfterItWasHashedIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("moving.txt"), "one");
    Dataset dataset = registry().find(file.toString());
    Files.writeString(file, "two");

    assertThatThrownBy(() -> dataset.load("all"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found sha256 " + DigestUtils.sha256Hex("two".getBytes(UTF_8)));
  }

  private DatasetRegistry registry() {
    return new DatasetRegistry(
        DatasetLocations.fromEnvironment(Map.of("HF_HUB_OFFLINE", "1"), directory));
  }
}
