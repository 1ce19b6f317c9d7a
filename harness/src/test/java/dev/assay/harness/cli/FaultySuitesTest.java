package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.run.ModelCopies;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.need.Capacity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot work is said by every verb alike, before anything is compressed. */
@Tag("slow")
class FaultySuitesTest {
  private static final String BEGUN = "window: 64, bos: every,";
  private static final Capacity AMPLE = new Capacity(64_000_000_000L, 500_000_000_000L);

  /** Line 3 has the model, 4 the recipes, 5 the targets, 7 the calibration, 9 the perplexity. */
  private static final String SUITE =
      """
      name: faulty
      summary: a test
      models: [{name: m, path: '%s'}]
      recipes: [fp32, rtn-w4-g128, gptq-w4-g128]
      targets: [{name: cpu}]
      baseline: fp32
      calibration: {samples: 4, length: 64}
      measures:
        perplexity: [{dataset: europarl-en, window: 64, maxWindows: 2}]
        memory: false
        roofline: false
        energy: false
      """;

  @TempDir Path directory;

  private TestBench bench;
  private Path model;

  @BeforeEach
  void open() throws IOException {
    bench = new TestBench(directory);
    model = ModelCopies.withContext(directory.resolve("m"), 128);
    Files.writeString(directory.resolve("short.txt"), "A text of a few words.");
  }

  private Spoken say(String verb, Path suite) {
    return TestBench.say(bench.here(verb, suite.toString()), cache -> AMPLE);
  }

  /** The error of the three verbs, which must be one. */
  private String refusal(String yaml) throws IOException {
    Path suite = Files.writeString(bench.file("faulty"), yaml);
    Spoken run = say("run", suite);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    for (String verb : List.of("validate", "plan")) {
      Spoken spoken = say(verb, suite);
      assertThat(spoken.exitCode()).as(verb + ": " + spoken.err()).isEqualTo(2);
      assertThat(spoken.err()).as(verb).isEqualTo(run.err());
    }
    assertThat(bench.reports().runs()).isEmpty();
    assertThat(bench.cache().resolve("artifacts")).doesNotExist();
    return run.err();
  }

  /** What no check of ours foresees, such as a file that the system does not let us read. */
  @Test
  void oneThatTheFileSystemRefusesDoesNotHideTheOthers() throws IOException {
    Path refused =
        Files.writeString(bench.file("refused"), SUITE.formatted("m").replace("'m'", "\"a\\0b\""));
    Path good = Files.writeString(bench.file("faulty"), SUITE.formatted(model));

    Spoken spoken =
        TestBench.say(bench.here("validate", refused.toString(), good.toString()), cache -> AMPLE);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err().lines())
        .containsExactly("assay: a\uFFFDb: no path: Nul character not allowed");
    assertThat(spoken.out()).endsWith("faulty.yaml: ok, 3 cells\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "window: 64,|window: 129,|9: measures.perplexity[0].window: found 129, expected at most 128",
        "memory: false|latency: {promptLength: 128}|10: measures.latency.promptLength: found 128,"
            + " expected at most 127",
        "memory: false|latency: {decodeLength: 200}|10: measures.latency.decodeLength: found 200,"
            + " expected at most 128",
        "memory: false|latency: {promptLength: 100, decodeLength: 64}|10:"
            + " measures.latency.decodeLength: found 64, expected at most 29",
        "targets: [{name: cpu}]|targets: [{name: gpu, device: cuda}]|5: targets[0].device: found"
            + " cuda, expected cpu",
        "targets: [{name: cpu}]|targets: [{name: a}, {name: b}]|5: targets[1]: found 'b', with"
            + " which cell m/fp32/b is cell m/fp32/a in all but the name",
        "dataset: europarl-en, window|dataset: 'SHORT', split: all, window|9:"
            + " measures.perplexity[0].window: found a need of 64 tokens, expected at most",
        "dataset: europarl-en, window|dataset: none.txt, split: all, window|9:"
            + " measures.perplexity[0].dataset: none.txt: no such file",
        "dataset: europarl-en, window|dataset: 'SHORT', window|9: measures.perplexity[0].split:"
            + " unknown split 'test'",
        "{samples: 4, length: 64}|{samples: 4, length: 64, dataset: 'SHORT', split: all}|7:"
            + " calibration.length: found a need of 64 tokens, expected at most",
        "{samples: 4, length: 64}|{samples: 4, length: 64, dataset: none.txt, split: all}|7:"
            + " calibration.dataset: none.txt: no such file",
        "{samples: 4, length: 64}|{samples: 4, length: 1, bos: every}|7: calibration.length: found"
            + " 1, expected at least 2",
        "targets: [{name: cpu}]|targets: [{name: cpu, threads: 99999}]|5: targets[0].threads: found"
            + " 99999, expected at most ",
        "targets: [{name: cpu}]|targets: [{name: cpu, threads: '1'}]|5: targets[0].threads: found"
            + " '1', expected auto or a number of threads",
        "memory: false|latency: {iterations: 2000000000}|10: measures.latency.iterations: found"
            + " 2000000000, expected an integer from 1 to 100000",
        "name: faulty|name: größe|1: name: found 'größe', expected a name of ASCII letters",
        "recipes: [fp32, rtn-w4-g128, gptq-w4-g128]|recipes: []|4: recipes: found an empty list",
        "baseline: fp32|baseline: bf16|6: baseline.recipe: unknown recipe 'bf16'",
      })
  void allVerbsSayTheSame(String text, String fault, String message) throws IOException {
    String shortText = directory.resolve("short.txt").toString();
    String yaml = SUITE.formatted(model).replace(text, fault.replace("SHORT", shortText));
    assertThat(yaml).isNotEqualTo(SUITE.formatted(model));

    String error = refusal(yaml);

    assertThat(error.lines())
        .anySatisfy(
            line -> assertThat(line).startsWith("assay: " + bench.file("faulty") + ":" + message));
    assertThat(error).doesNotContain("\tat ");
  }

  @Test
  void anEmptyListIsOneFault() throws IOException {
    assertThat(refusal(SUITE.formatted(model).replace("[fp32, rtn-w4-g128, gptq-w4-g128]", "[]")))
        .isEqualTo(
            "assay: "
                + bench.file("faulty")
                + ":4: recipes: found an empty list, expected at least one item\n");
  }

  @Test
  void aNameIsNotEndless() throws IOException {
    assertThat(
            refusal(SUITE.formatted(model).replace("name: m,", "name: " + "m".repeat(300) + ",")))
        .contains(
            "faulty.yaml:3: models[0].name: found 'mmmmmmmmmmmmmmmmmmmm…' of 300, expected a name"
                + " of at most 100 characters");
  }

  @Test
  void whatIsNoModelIsSaid() throws IOException {
    assertThat(refusal(SUITE.formatted("")))
        .contains("faulty.yaml:3: models[0]", "found '', expected a directory in Hugging Face's");
    Path text = directory.resolve("short.txt");
    assertThat(refusal(SUITE.formatted(text)))
        .contains("faulty.yaml:3: models[0]: " + text + ": found a file, expected a directory");
  }

  /** A suite whose models are broken is well-formed, and still not ok. */
  @Test
  void cellsThatWillFailAreCounted() throws IOException {
    Files.delete(model.resolve("model.safetensors"));
    Path suite = Files.writeString(bench.file("faulty"), SUITE.formatted(model));

    Spoken spoken = say("validate", suite);

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.err()).contains("its cells will fail: ");
    assertThat(spoken.out()).endsWith("faulty.yaml: 3 cells, which will fail: see the warnings\n");
    Files.writeString(
        suite, SUITE.formatted(model).replace("fp32, rtn-w4-g128, gptq-w4-g128", "fp32"));
    assertThat(say("validate", suite).out()).contains("1 cell, which will fail");
  }

  /** What a stage selects is known before anything is loaded. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rtn: {bits: 4, targets: [mlp.nothing]} | stage rtn: targets and ignore: found 'mlp.nothing', which is no linear of the model; expected some of [mlp.down_proj
          rtn: {bits: 4}}, {smoothquant: {alpha: 0.5} | found it selected by 'smoothquant', which moves factors, after 'rtn', which rounds it, expected the other order
          rtn: {bits: 4, targets: ['mlp.*']}}, {gptq: {bits: 4, targets: [mlp.up_proj]} | model.layers.0.mlp.up_proj: found it selected by 'gptq', which rounds it, and by 'rtn' before
          """)
  void selectionsAreHeldAgainstModels(String stages, String error) throws IOException {
    Files.writeString(
        directory.resolve("chosen.yaml"),
        "name: chosen\nsummary: a test\nstages: [{%s}]\n".formatted(stages));
    String recipes = "[fp32, " + directory.resolve("chosen.yaml") + "]";

    assertThat(
            refusal(SUITE.formatted(model).replace("[fp32, rtn-w4-g128, gptq-w4-g128]", recipes)))
        .startsWith("assay: " + bench.file("faulty") + ":4: recipes[1]: recipe chosen on model m: ")
        .contains(error);
  }

  /** What no model has to tell is said of the recipe, where it is read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cast: {dtype: bfloat16, ignore: ['mlp.*']}",
        "kv-cache: {targets: [mlp.up_proj]}"
      })
  void theWholeModelIsNotSelectedFrom(String stage) throws IOException {
    Path recipe =
        Files.writeString(
            directory.resolve("chosen.yaml"),
            "name: chosen\nsummary: a test\nstages: [{%s}]\n".formatted(stage));
    assertThat(
            refusal(
                SUITE
                    .formatted(model)
                    .replace("[fp32, rtn-w4-g128, gptq-w4-g128]", "[fp32, " + recipe + "]")))
        .startsWith("assay: " + recipe + ":3: stages[0]: stage ")
        .contains("found targets or ignore, expected neither: it ");
  }

  /** A recipe that fits one model of the suite fails the cells of the others alone. */
  @Test
  void aRecipeMayFitSomeModels() throws IOException {
    Files.writeString(
        directory.resolve("chosen.yaml"),
        "name: chosen\nsummary: a test\nstages: [{rtn: {bits: 4, targets: [mlp.up_proj]}}]\n");
    String yaml =
        SUITE
            .formatted(model)
            .replace("[fp32, rtn-w4-g128, gptq-w4-g128]", "[fp32, " + directory + "/chosen.yaml]")
            .replace("'}]", "'}, {name: g, synthetic: {config: gpt2, seed: 0}}]");
    Path suite = Files.writeString(bench.file("faulty"), yaml);

    Spoken spoken = say("validate", suite);

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.err())
        .contains(":4: recipes[1]: its cells will fail: recipe chosen on model g: stage rtn:");
    assertThat(spoken.out()).endsWith("faulty.yaml: ok, 4 cells, 1 of which will fail\n");
  }

  /** Whether a recipe fits a model that is broken nobody knows. */
  @Test
  void aBrokenModelRefusesNoRecipe() throws IOException {
    Files.writeString(
        directory.resolve("chosen.yaml"),
        "name: chosen\nsummary: a test\nstages: [{rtn: {bits: 4, targets: [mlp.nothing]}}]\n");
    Path broken = Files.createDirectory(directory.resolve("broken"));
    Files.writeString(broken.resolve("config.json"), "{}");
    String yaml =
        SUITE
            .formatted(model)
            .replace("[fp32, rtn-w4-g128, gptq-w4-g128]", "[fp32, " + directory + "/chosen.yaml]")
            .replace("'}]", "'}, {name: b, path: '" + broken + "'}]");

    Spoken spoken = say("validate", Files.writeString(bench.file("faulty"), yaml));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).endsWith("faulty.yaml: ok, 4 cells, 3 of which will fail\n");
  }

  /** Recipes are checked as such. */
  @Test
  void aRecipeIsNoSuite() throws IOException {
    Path recipe =
        Files.writeString(
            directory.resolve("chosen.yaml"),
            "name: chosen\nsummary: a test\nstages: [{rtn: {bits: 4}}]\n");

    Spoken spoken = say("validate", recipe);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .endsWith("assay: " + recipe + ": is it a recipe? Those are checked with --recipe\n");
  }

  @Test
  void overridesAreNamedWhereTheyAre() throws IOException {
    String yaml =
        SUITE.formatted(model)
            + "overrides:\n"
            + "  - {model: m, measures: {perplexity: [{dataset: europarl-en, window: 2048}]}}\n";

    assertThat(refusal(yaml))
        .startsWith(
            "assay: "
                + bench.file("faulty")
                + ":14: overrides[0].measures.perplexity[0].window: found 2048, expected at most 128");
  }

  @Test
  void allProblemsAreSaidAtOnce() throws IOException {
    String yaml =
        SUITE.formatted(model).replace("window: 64", "window: 129")
            + "  latency: {promptLength: 500}\n";

    assertThat(refusal(yaml).lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("perplexity[0].window"))
        .anyMatch(line -> line.contains("latency.promptLength"));
  }

  @Test
  void aRecipeAndItsCopyAreOneCell() throws IOException {
    Path recipe = directory.resolve("recipes/rtn-w4-g128.yaml");
    Files.writeString(
        bench.file("copy"), Files.readString(recipe).replace("name: rtn-w4-g128", "name: copy"));

    assertThat(refusal(SUITE.formatted(model).replace("fp32,", "fp32, copy.yaml,")))
        .contains(
            "faulty.yaml:4: recipes[2]: found 'rtn-w4-g128', with which cell m/rtn-w4-g128/cpu is"
                + " cell m/copy/cpu in all but the name, expected each cell once");
  }

  @Test
  void aModelAndItsCopyAreTheSameCells() throws IOException {
    Path copy = ModelCopies.withContext(directory.resolve("again"), 128);

    assertThat(refusal(SUITE.formatted(model).replace("}]\nrec", "}, '" + copy + "']\nrec")))
        .contains("faulty.yaml:3: models[1]: found 'again'")
        .contains("expected each cell once");
  }

  @Test
  void linearsAreRoundedOnce() throws IOException {
    Files.writeString(bench.file("twice"), "name: twice\nsummary: s\nstages: [rtn, gptq]\n");

    assertThat(refusal(SUITE.formatted(model).replace("fp32,", "fp32, twice.yaml,")))
        .contains("twice.yaml:3: stages[1]: found 'gptq', which rounds the linears");
  }

  @Test
  void aTargetWithoutSupportLeavesTheOthersTheirCells() throws IOException {
    Path suite =
        Files.writeString(
            bench.file("faulty"),
            SUITE
                .formatted(model)
                .replace("[fp32, rtn-w4-g128, gptq-w4-g128]", "[fp32]")
                .replace("{name: cpu}", "{name: cpu}, {name: gpu, device: cuda}"));
    String expected = "found cuda, expected cpu: this build runs models on the CPU only";

    for (String verb : List.of("validate", "plan")) {
      Spoken spoken = say(verb, suite);
      assertThat(spoken.exitCode()).as(spoken.err()).isZero();
      assertThat(spoken.err()).contains("targets[1].device: " + expected + "; recorded as");
    }
    Spoken run = say("run", suite);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.out() + run.err()).contains("1 succeeded, 1 failed");
    assertThat(Files.readString(bench.reports().site().resolve("data/results.json")))
        .contains(expected);
  }

  /** A GGUF file has no configuration that says so, only its tensors' types. */
  @Test
  void roundingWhatIsRoundedIsSaidOfGgufToo() throws IOException {
    Path file = directory.resolve("q8.gguf");
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      new ExportFormats().of("gguf-q8_0").export(torch, Checkpoint.open(model), file, 1L << 30);
    }
    Path suite = Files.writeString(bench.file("faulty"), SUITE.formatted(file));

    Spoken spoken = say("validate", suite);

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.err()).contains("is quantized already; recipe rtn-w4-g128 rounds it");
  }

  private Spoken learning(String data) throws IOException {
    return validated("learns", "finetune: {data: {%s, length: 32}}".formatted(data));
  }

  private Spoken validated(String name, String stage) throws IOException {
    Path recipe =
        Files.writeString(
            directory.resolve(name + ".yaml"),
            "name: %s\nsummary: a test\nstages: [{%s}]\n".formatted(name, stage));
    String cells = "[fp32, '%s']".formatted(recipe);
    return say(
        "validate",
        Files.writeString(
            bench.file("faulty"),
            SUITE.formatted(model).replace("[fp32, rtn-w4-g128, gptq-w4-g128]", cells)));
  }

  @Test
  void learningWhatIsMeasuredIsSaid() throws IOException {
    Spoken spoken = learning("dataset: europarl-en, split: test");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.err())
        .contains(
            "recipe learns: stage finetune learns from europarl-en, test, which perplexity is measured on");
  }

  /** By their text, wherever in a file it stands, and by their name. */
  @Test
  void evaluationSetsAreNoTextToLearn() throws IOException {
    Path text =
        Files.writeString(
            directory.resolve("mine.txt"),
            "A text.\n\nHow can I improve my\ntime management skills?\nAnd so on.\n\n"
                + "Words. ".repeat(200));
    Spoken spoken = learning("dataset: '%s', split: all".formatted(text));
    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .contains(
            "faulty.yaml:4: recipes[1]: recipe learns: stage finetune: "
                + text
                + ": found 1 prompt of Vicuna's questions (line 3)",
            "knows by heart");

    Path named = Files.writeString(directory.resolve("vicuna.txt"), "Words. ".repeat(200));
    assertThat(learning("dataset: '%s', split: all".formatted(named)).err())
        .contains(
            "stage finetune: dataset: found '",
            "vicuna.txt', expected prompts of no evaluation set");
  }

  /** Of two heads of keys, three quarters are two. */
  @Test
  void pruningThatTakesNothingIsSaid() throws IOException {
    Spoken spoken = validated("heads", "prune-heads: {keep: 0.75}");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.err())
        .contains(
            "recipe heads on model m: stage prune-heads leaves the model as it is: keep: found 0.75, by which 2 of 2");
    assertThat(validated("heads", "prune-heads: {keep: 0.5}").err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataset: europarl | recipe learns: stage finetune: dataset: found 'europarl'",
        "dataset: europarl-en, split: trian | recipe learns: stage finetune: dataset europarl-en: found split 'trian'"
      })
  void aTextThatNobodyHasIsRefusedByItsStage(String data, String message) throws IOException {
    Spoken spoken = learning(data);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err()).contains("faulty.yaml:4: recipes[1]: " + message);
  }

  @Test
  void aModelWithoutTokenizerReadsNoText() throws IOException {
    Files.delete(model.resolve("tokenizer.json"));

    assertThat(refusal(SUITE.formatted(model)))
        .contains("faulty.yaml:3: models[0]: ", "no tokenizer", "needed to read dataset europarl");
  }

  @Test
  void aDirectoryThatIsNoModelIsRefused() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));

    assertThat(refusal(SUITE.formatted(empty)))
        .contains("faulty.yaml:3: models[0]: ", "config.json: no such file");
  }

  private void addPadding() throws IOException {
    Path tokenizer = model.resolve("tokenizer.json");
    String json = Files.readString(tokenizer);
    String added =
        "\"added_tokens\": [{\"id\": 8192, \"content\": \"[PAD]\", \"single_word\": false,"
            + " \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true},";
    String changed = json.replaceFirst("\"added_tokens\"\\s*:\\s*\\[", added);
    assertThat(changed).isNotEqualTo(json);
    Files.writeString(tokenizer, changed);
  }

  @Test
  void idsBeyondTheEmbeddingMatterWhereTheTextHasThem() throws IOException {
    addPadding();
    Path text = directory.resolve("pad.txt");
    Files.writeString(text, "words and more words ".repeat(50) + "[PAD]" + " words".repeat(200));
    String yaml =
        SUITE
            .formatted(model)
            .replace(
                "dataset: europarl-en, window: 64, maxWindows: 2",
                "dataset: '" + text + "', split: all, window: 64");

    assertThat(refusal(yaml))
        .contains("9: measures.perplexity[0].dataset: text all, tokens of ", "found token id 8192")
        .contains("ids below the vocab_size of 8192 in " + model.resolve("config.json"));
    Path suite =
        Files.writeString(
            bench.file("faulty"),
            yaml.replace("window: 64}", "window: 64, maxWindows: 2}")
                .replace("[fp32, rtn-w4-g128, gptq-w4-g128]", "[fp32]"));
    assertThat(say("validate", suite).exitCode()).isZero();
    Spoken run = say("run", suite);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
  }

  @Test
  void aBosBeyondTheEmbeddingIsRefused() throws IOException {
    addPadding();
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"bos_token\": \"[PAD]\"}");
    for (String policy : List.of("first", "every")) {
      assertThat(
              refusal(
                  SUITE
                      .formatted(model)
                      .replace("window: 64,", "window: 64, bos: " + policy + ",")
                      .replace("length: 64}", "length: 64, bos: " + policy + "}")))
          .contains(
              "9: measures.perplexity[0].bos: found '" + policy + "' with token id 8192",
              "7: calibration.bos: found '" + policy + "' with token id 8192",
              "an id below the vocab_size of 8192 in " + model.resolve("config.json"));
    }
  }

  @Test
  void anEncoderAndDecoderNeedTwoTokensASample() throws IOException {
    Path config = directory.resolve("t5.json");
    Files.writeString(
        config,
        """
        {"model_type": "t5", "d_model": 64, "d_ff": 128, "d_kv": 16, "num_heads": 4,
         "num_layers": 2, "num_decoder_layers": 2, "vocab_size": 512,
         "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false}
        """);
    assertThat(
            refusal(
                SUITE
                    .formatted("x")
                    .replace("path: 'x'", "synthetic: {config: '" + config + "'}")
                    .replace("length: 64", "length: 1")))
        .contains(
            "faulty.yaml:7: calibration.length: found 1, expected at least 2, as encoder and"
                + " decoder get half a sample each");
  }

  @Test
  void aSoundSuiteIsOk() throws IOException {
    Path suite = Files.writeString(bench.file("faulty"), SUITE.formatted(model));

    assertThat(say("validate", suite).out()).endsWith("faulty.yaml: ok, 3 cells\n");
    Spoken plan = say("plan", suite);
    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.err()).isEmpty();
  }

  @Test
  void warnsWhereTheTokenizerAddsBosAndTheProtocolDoesNot() throws IOException {
    Path withBos = ModelCopies.withBos(directory.resolve("bos"));
    Path suite = Files.writeString(bench.file("faulty"), SUITE.formatted(withBos));

    for (String verb : List.of("validate", "plan")) {
      Spoken spoken = say(verb, suite);
      assertThat(spoken.exitCode()).as(spoken.err()).isZero();
      assertThat(spoken.err().lines()).hasSize(2);
      assertThat(spoken.err())
          .contains(
              "faulty.yaml:9: measures.perplexity[0].bos: the tokenizer puts a BOS in front of a"
                  + " text; in perplexity on europarl-en, window 64, no window begins with one")
          .contains("faulty.yaml:7: calibration.bos: ", "the calibration samples are without one");
    }
    Path every =
        Files.writeString(
            bench.file("faulty"),
            SUITE
                .formatted(withBos)
                .replace("window: 64,", "window: 64, bos: every,")
                .replace("length: 64}", "length: 64, bos: every}"));
    assertThat(say("validate", every).err()).isEmpty();
  }

  /** A suite of two recipes that are calibrated alike, with no word of its own on that. */
  private String ofTwoRecipes(Path model, String calibration) throws IOException {
    for (int bits = 3; bits <= 4; bits++) {
      String name = "own-w" + bits;
      Files.writeString(
          bench.file(name),
          "name: %s\nsummary: s\ncalibration: %s\nstages: [{gptq: {bits: %d}}]\n"
              .formatted(name, calibration, bits));
    }
    return SUITE
        .formatted(model)
        .replace("rtn-w4-g128, gptq-w4-g128", "own-w3.yaml, own-w4.yaml")
        .replace("calibration: {samples: 4, length: 64}\n", "");
  }

  @Test
  void namesAllRecipesWhoseTextHasOneFault() throws IOException {
    String yaml = ofTwoRecipes(model, "{samples: 4, length: 1, bos: every}");

    assertThat(refusal(yaml).lines())
        .containsExactly(
            "assay: "
                + bench.file("faulty")
                + ":4: recipes: own-w3, own-w4: calibration.length: found 1, expected at least 2,"
                + " as BOS begins every sample");
  }

  @Test
  void warnsOnceOfAllRecipesThatAreCalibratedWithoutBos() throws IOException {
    Path withBos = ModelCopies.withBos(directory.resolve("bos"));
    String yaml = ofTwoRecipes(withBos, "{samples: 4, length: 64}").replace("window: 64,", BEGUN);
    String missing =
        "the tokenizer puts a BOS in front of a text; the calibration samples are without one"
            + " (bos: every begins each with it)";
    Path suite = Files.writeString(bench.file("faulty"), yaml);

    assertThat(say("validate", suite).err().lines())
        .singleElement(STRING)
        .endsWith(":4: recipes: own-w3, own-w4: calibration.bos: " + missing);
    Files.writeString(suite, yaml + "overrides:\n  - {model: m, calibration: {samples: 2}}\n");
    assertThat(say("validate", suite).err().lines())
        .singleElement(STRING)
        .endsWith(":13: overrides[0].calibration.bos: " + missing);
  }

  @Test
  void saysThatACalibrationIsCapped() throws IOException {
    Path suite =
        Files.writeString(
            bench.file("faulty"), SUITE.formatted(model).replace("length: 64}", "length: 200}"));

    Spoken spoken = say("validate", suite);
    assertThat(spoken.exitCode()).isZero();
    assertThat(spoken.err())
        .contains(
            "faulty.yaml:7: calibration.length: calibration: found length 200, which is capped at"
                + " 128");
  }
}
