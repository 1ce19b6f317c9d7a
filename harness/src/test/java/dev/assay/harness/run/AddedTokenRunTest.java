package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.harness.run.TestBench.Spoken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of the tokenizer that the model has no rows for. */
@Tag("slow")
class AddedTokenRunTest {
  private static final String TEXT = "The committee met again on Tuesday to discuss the report. ";

  @TempDir Path directory;

  private Path model(String token) throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    PathUtils.copyDirectory(TestBench.model("ref-7m"), model);
    ObjectMapper json = new ObjectMapper();
    int rows = json.readTree(model.resolve("config.json").toFile()).get("vocab_size").intValue();
    ObjectNode tokenizer = (ObjectNode) json.readTree(model.resolve("tokenizer.json").toFile());
    ((ArrayNode) tokenizer.get("added_tokens"))
        .addObject()
        .put("id", rows)
        .put("content", token)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    json.writeValue(model.resolve("tokenizer.json").toFile(), tokenizer);
    return model;
  }

  private Spoken run(Path model) throws IOException {
    Path text = Files.writeString(directory.resolve("text.txt"), TEXT.repeat(80));
    TestBench bench = new TestBench(directory.resolve("bench"));
    Files.writeString(
        bench.file("added"),
        """
        name: added
        summary: a test
        models: ['%s']
        recipes: [rtn-w4-g128, gptq-w4-g128]
        baseline: rtn-w4-g128
        calibration: {dataset: '%s', split: all, samples: 2, length: 32}
        measures:
          perplexity: [{dataset: '%s', split: all, window: 32, maxWindows: 2}]
          memory: false
          roofline: false
          energy: false
        """
            .formatted(model, text, text));
    return TestBench.say(bench.here("run", bench.file("added").toString(), "--new", "--no-site"));
  }

  @Test
  void idThatTheTextNeverYieldsDoesNoHarm() throws IOException {
    Spoken spoken = run(model("[PAD]"));

    assertThat(spoken.exitCode()).as(spoken.out() + spoken.err()).isZero();
  }

  @Test
  void idOfTheTextIsRefusedBeforeAnythingIsCompressed() throws IOException {
    Spoken spoken = run(model("committee"));

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.out() + spoken.err())
        .contains("found token id ", "expected ids below the vocab_size of");
    Path artifacts = directory.resolve("bench/cache");
    if (Files.exists(artifacts)) {
      try (var files = Files.walk(artifacts)) {
        assertThat(files.filter(file -> file.toString().endsWith(".safetensors"))).isEmpty();
      }
    }
  }
}
