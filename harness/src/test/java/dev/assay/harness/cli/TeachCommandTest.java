package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpHandler;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FakeTeacher;
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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code assay teach}, by a server with faults and by a model. */
class TeachCommandTest {
  private static final HttpHandler TASKS =
      FakeTeacher.answer(
          "9. Explain why the sky is blue.\\n10. Draw a map of the whole world.\\n"
              + "11. Count the moons of every planet.\\n12. Too short");

  @TempDir Path directory;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Path output() {
    return directory.resolve("set.jsonl");
  }

  /** A file that names a server without a key, and what else is said. */
  private Path file(FakeTeacher server, String more) throws IOException {
    return write(
        "teach.yaml",
        """
        teacher:
          server: {baseUrl: '%s', model: tiny, apiKeyVariable: none, parallel: 1, %s}
        output: %s
        %s
        """
            .formatted(
                server.base(),
                more.contains("sampling") ? "price: {input: 1, output: 4}" : "stream: false",
                output(),
                more));
  }

  private static Spoken teach(Path file, String... more) {
    List<String> arguments = new ArrayList<>(List.of("teach", file.toString()));
    arguments.addAll(List.of(more));
    return TestBench.say(arguments);
  }

  private Path prompts() throws IOException {
    return write(
        "prompts.jsonl",
        "{\"prompt\": \"Sky?\"}\n{\"prompt\": \"sky\"}\n{\"instruction\": \"Colour\", \"input\":"
            + " \"Grass\"}\n{\"prompt\": \"Snow?\"}\n");
  }

  @Test
  void promptsBecomeATrainingSetAndABrokenRunGoesOn() throws IOException {
    try (FakeTeacher server = new FakeTeacher()) {
      Path file =
          file(
              server,
              "prompts: {file: " + prompts() + "}\nsampling: {maxTokens: 9, temperature: 0}");
      Spoken before = teach(file, "--dry-run");
      assertThat(before.exitCode()).as(before.err()).isZero();
      assertThat(before.out())
          .contains(
              "prompts: 3, dropped 1 (duplicate 1)",
              "requests: 3, and 0 from the cache",
              "prompt tokens: unsupported (the teacher's tokenizer is not known)",
              "completion tokens: 0 to 27",
              "cost: unsupported (the prompts' tokens are not known)");
      assertThat(server.requests()).isZero();
      assertThat(output()).doesNotExist();

      server.then(
          FakeTeacher.status(429, "", "retry-after-ms", "2"),
          FakeTeacher.answer("Blue."),
          FakeTeacher.status(404, FakeTeacher.error("invalid", "model_not_found", "no tiny")));
      Spoken broken = teach(file);
      assertThat(broken.exitCode()).isEqualTo(2);
      assertThat(broken.err()).contains("assay: ", "no tiny");
      assertThat(broken.err().lines().filter(line -> line.startsWith("assay:"))).hasSize(1);
      assertThat(broken.out()).contains("requests: 1, and 0 from the cache", "cost: 0.000015");
      assertThat(output()).doesNotExist();

      server.then(FakeTeacher.answer("Green."), FakeTeacher.answer("Whi", "length"));
      Spoken whole = teach(file);
      assertThat(whole.exitCode()).as(whole.err()).isZero();
      assertThat(whole.out())
          .contains(
              output() + ": 2 examples, dropped 1 (truncated 1)",
              "requests: 2, and 1 from the cache in " + output() + ".answers",
              "tokens: 14 of prompts, 4 of answers",
              "cost: 0.000030");
      assertThat(whole.err()).contains("answers: 3/3");
      assertThat(Files.readAllLines(output()))
          .containsExactly(
              "{\"messages\":[{\"role\":\"user\",\"content\":\"Sky?\"},{\"role\":\"assistant\",\"content\":\"Blue.\"}]}",
              "{\"messages\":[{\"role\":\"user\",\"content\":\"Colour\\n\\nGrass\"},{\"role\":\"assistant\",\"content\":\"Green.\"}]}");

      int asked = server.requests();
      assertThat(teach(file, "--dry-run").out()).contains("requests: 0, and 3 from the cache");
      assertThat(teach(file).out()).contains("requests: 0, and 3 from", "cost: 0.000000");
      assertThat(server.requests()).isEqualTo(asked);
    }
  }

  @Test
  void aTeacherWritesWhatItIsAsked() throws IOException {
    try (FakeTeacher server = new FakeTeacher()) {
      Path seeds =
          write(
              "seeds.jsonl",
              """
              {"prompt": "Name the capital of France."}
              {"prompt": "Turn this sentence into the past tense: I go."}
              """);
      Path file =
          file(
              server,
              "seeds: {file: " + seeds + ", instructions: {wanted: 2}}\nkeepTruncated: true");
      assertThat(teach(file, "--dry-run").out())
          .contains(
              "instructions: 2 wanted, 0 requests in the cache, about 1 more, 1000 in all at most",
              "requests: 2, one to each instruction",
              "cost: unsupported (the instructions are not written yet)");
      assertThat(server.requests()).isZero();

      server.then(TASKS, FakeTeacher.answer("It scatters."), FakeTeacher.answer("Many", "length"));
      Spoken spoken = teach(file);
      assertThat(spoken.exitCode()).as(spoken.err()).isZero();
      assertThat(spoken.out())
          .contains(
              "instructions: 2 of 2 wanted, in 1 requests, dropped 2 (too-short 1, keyword 1)",
              output() + ": 2 examples, dropped 0",
              "cost: unsupported (no price is given)");
      assertThat(Files.readString(output()))
          .contains("Explain why the sky is blue.", "Count the moons of every planet.", "Many");
      assertThat(losses(output()))
          .satisfies(all -> assertThat(all.get(5)).isLessThan(all.get(0) / 2));
      // All of it is known now.
      assertThat(teach(file, "--dry-run").out()).contains("requests: 0, and 2 from the cache");
    }
  }

  /** A student learns them; the loss of each step. */
  private List<Double> losses(Path answers) throws IOException {
    Path file =
        write(
            "taught.yaml",
            """
            name: taught
            summary: a test
            stages:
              - finetune:
                  answers: {file: %s, length: 64}
                  training: {steps: 6, batch: 2, learningRate: 0.003, schedule: {kind: constant}}
            """
                .formatted(answers));
    StageRegistry stages = StageRegistry.load();
    Recipe recipe = new RecipeLoader(directory, stages).read(file);
    Checkpoint source = Checkpoint.open(TestBench.model("ref-7m"));
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      JsonNode steps =
          new Pipeline(torch, new Families().architecture(source), stages)
              .run(
                  source,
                  recipe.stages(),
                  List.of(),
                  directory.resolve("taught"),
                  (stage, finished, layers) -> {})
              .get(0)
              .said()
              .path("training")
              .path("log")
              .path("steps");
      List<Double> losses = new ArrayList<>();
      steps.forEach(step -> losses.add(step.path("loss").asDouble()));
      return losses;
    }
  }

  @Test
  void aModelOnThisMachineTeachesToo() throws IOException {
    Path file =
        write(
            "teach.yaml",
            """
            teacher: {local: %s}
            prompts: {file: %s}
            sampling: {maxTokens: 4, temperature: 1, n: 2, seed: 3}
            keepTruncated: true
            output: %s
            cache: %s
            """
                .formatted(
                    TestBench.model("ref-7m"), prompts(), output(), directory.resolve("kept")));
    Spoken before = teach(file, "--dry-run");
    assertThat(before.exitCode()).as(before.err()).isZero();
    assertThat(before.out())
        .contains("requests: 3, and 0 from", "completion tokens: 0 to 24", "no price is given")
        .containsPattern("prompt tokens: \\d+");

    Spoken spoken = teach(file, "--progress", "none");
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).contains("requests: 3, and 0 from the cache in " + directory);
    String written = Files.readString(output());
    assertThat(written.lines().count()).isBetween(3L, 6L);
    assertThat(spoken.err()).isEmpty();

    assertThat(teach(file).out()).contains("requests: 0, and 3 from the cache");
    assertThat(Files.readString(output())).isEqualTo(written);
  }

  @Test
  void theKeyIsReadFromTheEnvironmentAndIsNowhere() throws Exception {
    try (FakeTeacher server = new FakeTeacher()) {
      Path file = file(server, "prompts: {file: " + prompts() + "}");
      Files.writeString(
          file, Files.readString(file).replace("apiKeyVariable: none", "apiKeyVariable: A_KEY"));
      // An estimate needs none.
      assertThat(teach(file, "--dry-run").exitCode()).isZero();
      Spoken missing = teach(file);
      assertThat(missing.exitCode()).isEqualTo(2);
      assertThat(missing.err()).contains("A_KEY: not set, expected the key");
      assertThat(server.requests()).isZero();

      server.then(FakeTeacher.answer("So: " + FakeTeacher.KEY));
      Path bench = Files.createDirectory(directory.resolve("bench"));
      Spoken spoken =
          new TestBench(bench)
              .sayElsewhere(List.of("teach", file.toString()), Map.of("A_KEY", FakeTeacher.KEY));
      assertThat(spoken.exitCode()).as(spoken.err()).isZero();
      assertThat(server.keys()).hasSize(3).containsOnly("Bearer " + FakeTeacher.KEY);
      assertThat(spoken.out() + spoken.err()).doesNotContain(FakeTeacher.KEY);
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(each)).doesNotContain(FakeTeacher.KEY);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompts: {file: a}\\nseeds: {file: b, instructions: {wanted: 1}} | seeds: found seeds beside prompts, expected one of both",
        "keepTruncated: true | prompts: found neither prompts nor seeds",
        "prompts: {file: nowhere.jsonl} | nowhere.jsonl: cannot be read",
        "prompts: {file: PROMPTS, similarity: 2} | similarity: found 2.0, expected above 0",
        "prompts: {file: OUTPUT} | output: found 'OUTPUT', which is read, expected another file",
        "seeds: {file: PROMPTS, instructions: {}} | missing key 'wanted'",
        "prompts: {file: PROMPTS}\\nsampling: {temperature: 3} | temperature: found 3.0",
        "prompts: {file: PROMPTS}\\nsampling: {topLogprobs: 3} | sampling: found topLogprobs, expected none",
        "prompts: {file: PROMPTS}\\npriec: {} | unknown key 'priec'",
        "prompts: {file: VICUNA} | expected prompts of no evaluation set"
      })
  void whatCannotWorkIsOneErrorBeforeAnythingIsAsked(String yaml, String message)
      throws IOException {
    Path vicuna =
        write("known.jsonl", "{\"prompt\": \"How can I improve my time management skills?\"}\n");
    try (FakeTeacher server = new FakeTeacher()) {
      Path file =
          file(
              server,
              yaml.replace("\\n", "\n")
                  .replace("PROMPTS", prompts().toString())
                  .replace("VICUNA", vicuna.toString())
                  .replace("OUTPUT", output().toString()));
      for (String[] more : new String[][] {{}, {"--dry-run"}}) {
        Spoken spoken = teach(file, more);
        assertThat(spoken.exitCode()).isEqualTo(2);
        assertThat(spoken.err().lines()).hasSize(1);
        assertThat(spoken.err())
            .startsWith("assay: ")
            .contains(message.replace("OUTPUT", output().toString()));
      }
      assertThat(server.requests()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | server: found neither server nor local",
        "{local: nowhere} | nowhere",
        "{local: a, server: {model: b}} | local: found local beside server",
        "{server: {model: b, baseUrl: 'https://me:secret@host/v1'}} | baseUrl: found what is no plain address",
        "{server: {}} | missing key 'model'",
        "{server: {model: b, parallel: 0}} | parallel: found 0",
        "{server: {model: b, price: {input: -1, output: 1}}} | input: found -1"
      })
  void aTeacherThatIsNoneIsAnError(String teacher, String message) throws IOException {
    Path file =
        write(
            "teach.yaml",
            "teacher: %s\nprompts: {file: %s}\noutput: %s\n"
                .formatted(teacher, prompts(), output()));
    Spoken spoken = teach(file);
    assertThat(spoken.exitCode()).as(spoken.out()).isEqualTo(2);
    assertThat(spoken.err()).contains(message).doesNotContain("secret");
  }

  @Test
  void aSetOfNothingIsAnError() throws IOException {
    try (FakeTeacher server = new FakeTeacher()) {
      server.then(
          FakeTeacher.answer(""),
          FakeTeacher.answer("No.", "content_filter"),
          FakeTeacher.answer(" "));
      Spoken spoken = teach(file(server, "prompts: {file: " + prompts() + "}"));
      assertThat(spoken.exitCode()).isEqualTo(2);
      assertThat(spoken.err())
          .contains("found no answer to learn from, dropped 3 (empty 2, refused 1)");
      Path nowhere =
          write(
              "no.yaml",
              Files.readString(file(server, "prompts: {file: a}"))
                  .replace(output().toString(), directory.resolve("no/set.jsonl").toString()));
      assertThat(teach(nowhere).err()).contains("output: found '", "in a directory that exists");
    }
  }
}
