package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code assay mixed} writes recipes that keep to their budgets. */
class MixedCommandTest {
  private static final long MOST = 5_000_000;

  @TempDir Path directory;

  @Test
  void writesARecipeThatFits() throws IOException {
    Path file = directory.resolve("mixed-fits.yaml");

    Spoken spoken =
        mixed(
            file,
            "--bytes",
            "5MB",
            "--embedding-bits",
            "4",
            "--method",
            "rtn",
            "--widths",
            "2,3,4,5,8");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).contains(file + ": ", "bits a weight on average");
    assertThat(Files.readString(file))
        .startsWith("# Searched by 'assay mixed' on ")
        .contains("name: mixed-fits\n", "- embedding\n");
    StageRegistry stages = StageRegistry.load();
    Recipe recipe = new RecipeLoader(directory, stages).load("mixed-fits");
    Checkpoint source = Checkpoint.open(TestBench.model("ref-7m"));
    Path target = directory.resolve("artifact");
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      new Pipeline(torch, new Families().architecture(source), stages)
          .run(source, recipe.stages(), List.of(), target, (stage, finished, layers) -> {});
    }
    assertThat(Checkpoint.open(target).fileBytes())
        .as("fits, and little is left")
        .isBetween(MOST * 95 / 100, MOST);
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(mixed(directory.resolve("a.yaml"), "--bytes", "1MB", "--embedding-bits", "4").err())
        .contains("budget: found 1,000,000 bytes of weight files", "expected at least");
    assertThat(mixed(directory.resolve("a.yaml"), "--memory", "much").err())
        .contains("--memory: found 'much', expected bytes, such as 8GB");
    assertThat(mixed(directory.resolve("a.yaml")).err()).contains("--mean-bits");
    assertThat(mixed(directory.resolve("a.txt"), "--mean-bits", "3").err())
        .contains("expected a file of YAML that does not exist");
    assertThat(mixed(directory.resolve("a.yaml"), "--profile", "generic-x86-cpu").err())
        .contains("--profile: found 'generic-x86-cpu'");
  }

  /** Before an hour of measuring, which these would have: none of the text is there. */
  @Test
  void whatCannotWorkIsSaidBeforeAnythingIsMeasured() throws IOException {
    Path file = directory.resolve("a.yaml");
    String nowhere = "--dataset=nowhere";

    assertThat(mixed(file, nowhere, "--mean-bits", "0.5").err())
        .contains(
            "budget: found a mean of 0.5 bits a weight, of codes alone, expected at least 2,");
    assertThat(mixed(file, nowhere, "--memory", "1MB").err())
        .containsPattern("found 1,000,000 bytes of memory with 1024 tokens of context, expected")
        .containsPattern("at least 31\\d,\\d{3},\\d{3}: ");
    assertThat(mixed(file, nowhere, "--mean-bits", "3", "--widths", "0,3,17").err())
        .contains("--widths: found [0, 3, 17], expected some of 1 to 8, and 16");
    assertThat(mixed(file, nowhere, "--memory", "1GB", "--context", "5000000").err())
        .contains("--context: found 5000000, expected 1 to 1024, the positions of the model");
    assertThat(mixed(directory.resolve("no/a.yaml"), nowhere, "--mean-bits", "3").err())
        .contains("--output: found '", "expected a file in a directory that exists");
    assertThat(mixed(file, nowhere, "--mean-bits", "3", "--target", "nope.*").err())
        .contains("nope.*");
    assertThat(mixed(file, nowhere, "--mean-bits", "3").err()).contains("nowhere");
  }

  @Test
  void aTiedHeadHasNoWidth() {
    Spoken spoken = mixed(directory.resolve("a.yaml"), "--mean-bits", "3", "--head-bits", "4");

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .contains(
            "--head-bits: found '4', expected a model with an output layer of its own: the head"
                + " multiplies by the embedding, model.embed_tokens");
    assertThat(directory.resolve("a.yaml")).doesNotExist();
  }

  @Test
  void tokensThatTheModelHasNoRowsFor() throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    PathUtils.copyDirectory(TestBench.model("ref-7m"), model);
    Path tokenizer = model.resolve("tokenizer.json");
    String added =
        "\"added_tokens\": [{\"id\": 8192, \"content\": \"the \", \"single_word\": false,"
            + " \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true},";
    Files.writeString(
        tokenizer, Files.readString(tokenizer).replaceFirst("\"added_tokens\"\\s*:\\s*\\[", added));

    Spoken spoken = mixed(model, directory.resolve("a.yaml"), "--mean-bits", "3");

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .contains("sensitivities on europarl-en: found token id 8192")
        .contains("expected ids below the vocab_size of 8192 in " + model.resolve("config.json"));
    assertThat(directory.resolve("a.yaml")).doesNotExist();
  }

  /** What cannot be read back is not left there. */
  @Test
  void aRecipeThatIsNoneIsNotWritten() throws IOException {
    Path file = directory.resolve("a.yaml");

    Spoken spoken =
        mixed(
            file,
            "--mean-bits",
            "3",
            "--widths",
            "3,4",
            "--target",
            "self_attn.o_proj",
            "--embedding-bits",
            "9");

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err()).contains("a.yaml:", "bits: found");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  private static Spoken mixed(Path output, String... more) {
    return mixed(TestBench.model("ref-7m"), output, more);
  }

  private static Spoken mixed(Path model, Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("mixed", model.toString(), "--output", output.toString()));
    arguments.addAll(List.of("--samples", "2", "--length", "128"));
    arguments.addAll(List.of(more));
    return TestBench.say(arguments);
  }
}
