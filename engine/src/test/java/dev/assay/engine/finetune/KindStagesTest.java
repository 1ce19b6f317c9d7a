package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.GapTokenizer;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.PipelineCheck;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.Drops;
import dev.assay.engine.teacher.prompt.TrainingSet;
import dev.assay.engine.train.KindLoss;
import dev.assay.engine.train.PairedTexts;
import dev.assay.engine.train.TextPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages that train models which fill gaps, or have an encoder and a decoder. */
@Tag("slow")
class KindStagesTest extends TorchTest {
  private static final int LENGTH = 18;
  private static final String HOW =
      "data: {length: 18}, training: {steps: 40, batch: 8, learningRate: 0.003, schedule: {kind: constant}, evaluation: {split: held, windows: 8, every: 20}}";
  private static final String SHORT =
      "data: {length: 18}, training: {steps: 2, batch: 4, learningRate: 0.001, schedule: {kind: constant}, evaluation: {split: held, windows: 8, every: 1}}";

  /** Artifact and trained model are both float32 here. */
  private static final double CLOSE = 1e-4;

  @TempDir private Path directory;

  private KindBench bench() {
    return new KindBench(torch, directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "t5", "t5_v1_1"})
  void aTextIsLearnedAndTheArtifactIsWhatWasTrained(String family) throws IOException {
    Path model = bench().model(family);
    double before = bench().heldLoss(model, LENGTH);
    List<Pipeline.StageOutcome> outcomes =
        bench().run(model, "  - finetune: {" + HOW + "}", "tuned");
    JsonNode training = outcomes.get(0).said().path("training");

    double after = KindBench.look(training, -1);
    assertThat(after).isLessThan(before - 0.5);
    assertThat(bench().heldLoss(directory.resolve("tuned"), LENGTH))
        .isCloseTo(after, within(CLOSE));
    // Of 18 tokens T5 takes 3 in a span: 15, a sentinel and an end are read, 3 and both written.
    long tokens = family.equals("bert") ? LENGTH : 15 + 2 + 3 + 2;
    assertThat(training.path("log").path("tokens").asLong()).isEqualTo(40 * 8 * tokens);
    assertThat(outcomes.get(0).linears()).allMatch(linear -> linear.relativeError() > 0);
    assertThat(training.path("studentFlops").asDouble()).isPositive();
  }

  /** With nothing random about it, what a step loses is what the model loses. */
  @Test
  void answersAreWrittenBehindTheirPrompts() throws IOException {
    Path model = bench().model("t5");
    int rows = KindBench.rows(model);
    long end = GapTokenizer.id(rows, KindBench.SENTINELS, "</s>");
    Path file = directory.resolve("set.jsonl");
    new TrainingSet(
            List.of(
                new ChatExample(List.of(ChatMessage.user("abc")), "de"),
                new ChatExample(List.of(ChatMessage.user("f")), "ghij"),
                new ChatExample(List.of(ChatMessage.system("k"), ChatMessage.user("lm")), "n")),
            new Drops())
        .write(file);
    // A letter's id is its number, what is between two messages is unknown: 0.
    PairedTexts pairs =
        new PairedTexts(
            List.of(
                new TextPair(new long[] {1, 2, 3, end}, new long[] {4, 5, end}),
                new TextPair(new long[] {6, end}, new long[] {7, 8, 9, 10, end}),
                new TextPair(new long[] {11, 0, 12, 13, end}, new long[] {14, end})),
            0);
    String how =
        "  - finetune: {answers: {file: %s}, training: {steps: %d, batch: %d, accumulation: %d, learningRate: 0.003, schedule: {kind: constant}}}";
    double before = KindLoss.of(torch, model, pairs);

    JsonNode whole = bench().trained(model, how.formatted(file, 20, 3, 1), "whole");
    assertThat(KindBench.step(whole, 0).path("loss").asDouble()).isCloseTo(before, within(CLOSE));
    assertThat(KindLoss.of(torch, directory.resolve("whole"), pairs)).isLessThan(before - 1);
    assertThat(whole.path("log").path("tokens").asLong()).isEqualTo(20 * (4 + 3 + 2 + 5 + 5 + 2));

    JsonNode split = bench().trained(model, how.formatted(file, 1, 1, 3), "split");
    assertThat(KindBench.step(split, 0).path("loss").asDouble()).isCloseTo(before, within(CLOSE));
    assertThat(KindBench.step(split, 0).path("norm").asDouble())
        .isCloseTo(KindBench.step(whole, 0).path("norm").asDouble(), within(1e-3));
  }

  @Test
  void answersThatAreTooLongOrHaveSpecialTokensAreLeftOut() throws IOException {
    Path model = bench().model("t5");
    Path file = directory.resolve("set.jsonl");
    new TrainingSet(
            List.of(
                new ChatExample(List.of(ChatMessage.user("abc")), "de"),
                new ChatExample(List.of(ChatMessage.user("abc")), "defghi"),
                new ChatExample(List.of(ChatMessage.user("ab<extra_id_0>")), "d")),
            new Drops())
        .write(file);
    JsonNode training =
        bench()
            .trained(
                model,
                "  - finetune: {answers: {file: %s, length: 10}, training: {steps: 1, batch: 1}}"
                    .formatted(file),
                "some");
    assertThat(training.path("notes").get(0).asText())
        .isEqualTo("answers: of 3 examples left out 2 (too-long 1, control-token 1)");
  }

  /** A student that is its own teacher has nothing to learn. */
  @ParameterizedTest
  @CsvSource({
    "bert, forward-kl",
    "bert, reverse-kl",
    "bert, hidden-cosine",
    "bert, attention-scores",
    "bert, 'minilm-v2: {heads: 4}'",
    "bert, 'distilbert: {labels: 0}'",
    "bert, uld",
    "t5, forward-kl",
    "t5, generalized-jsd",
    "t5, hidden-mse",
    "t5, attention-scores",
    "t5, minilm",
    "t5, 'distilbert: {labels: 0}'"
  })
  void aStudentThatIsItsOwnTeacherIsDone(String family, String term) throws IOException {
    JsonNode training =
        bench()
            .trained(
                bench().model(family),
                "  - distill: {loss: [{"
                    + term
                    + (term.contains(":") ? "" : ": {}")
                    + "}], "
                    + "data: {length: 18}, training: {steps: 1, batch: 2}}",
                "self");
    JsonNode step = KindBench.step(training, 0);
    assertThat(step.path("loss").asDouble()).isCloseTo(0, within(1e-5));
    assertThat(step.path("norm").asDouble()).isCloseTo(0, within(1e-3));
    assertThat(training.path("teacherFlops").asDouble()).isPositive();
  }

  /** As DistilBERT was made, of half the layers of its teacher. */
  @Test
  void everySecondLayerOfBertLearnsFromTheWhole() throws IOException {
    Path model = bench().model("bert");
    Path whole = directory.resolve("whole");
    bench().run(model, "  - finetune: {" + HOW + "}", "whole");
    JsonNode training =
        bench()
            .trained(
                whole,
                "  - drop-layers: {layers: [1]}\n  - distill: {loss: [distilbert], " + HOW + "}",
                "fewer");

    Path fewer = directory.resolve("fewer");
    assertThat(new Families().architecture(Checkpoint.open(fewer)).layers()).isEqualTo(2);
    assertThat(KindBench.look(training, -1)).isLessThan(KindBench.look(training, 0));
    bench().run(whole, "  - drop-layers: {layers: [1]}", "untaught");
    assertThat(bench().heldLoss(fewer, LENGTH))
        .isLessThan(bench().heldLoss(directory.resolve("untaught"), LENGTH));
    assertThat(training.path("log").path("terms").get(0).asText()).isEqualTo("distilbert");
  }

  /** It is in no suite, as no reference model fills gaps. */
  @Test
  void theRecipeForEncodersIsSound() throws IOException {
    RecipeLoader loader =
        new RecipeLoader(Goldens.repository().resolve("recipes/encoders"), StageRegistry.load());
    assertThat(loader.names().known()).containsExactly("distilbert");
    String base =
        """
        {"model_type": "bert", "architectures": ["BertForMaskedLM"], "hidden_size": 768,
         "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
         "vocab_size": 30522, "max_position_embeddings": 512, "type_vocab_size": 2}""";
    ModelSpec spec = new Families().architecture(new ObjectMapper().readTree(base));
    new PipelineCheck(spec, StageRegistry.load()).require(loader.load("distilbert").stages());
  }

  /** Another model of the same kind and tokens. */
  @ParameterizedTest
  @ValueSource(strings = {"bert", "t5"})
  void anotherModelTeaches(String family) throws IOException {
    Path model = bench().model(family);
    bench().run(model, "  - finetune: {" + HOW + "}", "teacher");
    JsonNode training =
        bench()
            .trained(
                model,
                "  - distill: {teachers: [%s], loss: [forward-kl], %s}"
                    .formatted(directory.resolve("teacher"), HOW),
                "taught");
    assertThat(KindBench.look(training, -1)).isLessThan(KindBench.look(training, 0));
    assertThat(bench().heldLoss(directory.resolve("taught"), LENGTH))
        .isLessThan(bench().heldLoss(model, LENGTH) - 0.3);
  }

  /** States and scores are read on the way, of layers that are computed twice. */
  @ParameterizedTest
  @ValueSource(strings = {"bert", "t5"})
  void layersThatAreComputedAgainGiveTheSame(String family) throws IOException {
    Path model = bench().model(family);
    bench().run(model, "  - finetune: {" + HOW + "}", "teacher");
    String how =
        "  - distill: {teachers: [%s], loss: [hinton, hidden-mse, attention-scores], data: {length: 18}, training: {steps: 3, batch: 4, recompute: %s}}";
    JsonNode whole =
        bench().trained(model, how.formatted(directory.resolve("teacher"), false), "kept");
    JsonNode again =
        bench().trained(model, how.formatted(directory.resolve("teacher"), true), "again");
    for (int step = 0; step < 3; step++) {
      for (String what : List.of("loss", "norm")) {
        double expected = KindBench.step(whole, step).path(what).asDouble();
        assertThat(KindBench.step(again, step).path(what).asDouble())
            .isCloseTo(expected, within(1e-4 * expected));
      }
    }
    assertThat(again.path("studentFlops").asDouble())
        .isGreaterThan(whole.path("studentFlops").asDouble());
  }

  /** Rounded, with rounded inputs, and beside what is rounded. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert | - qat: {bits: 4, groupSize: 32, %s}",
        "t5 | - qat: {bits: 4, groupSize: 32, %s}",
        "bert | - bitnet: {inputBits: 8, %s}",
        "t5_v1_1 | - bitnet: {inputBits: 8, %s}",
        "bert | - rtn: {bits: 4, groupSize: 32}\\n  - train-scales: {%s}",
        "t5 | - rtn: {bits: 4, groupSize: 32}\\n  - train-scales: {%s}",
        "bert | - rtn: {bits: 4, groupSize: 32}\\n  - qlora: {lora: {rank: 4}, %s}",
        "t5 | - rtn: {bits: 4, groupSize: 32}\\n  - qlora: {lora: {rank: 4}, %s}",
        "bert | - finetune: {lora: {rank: 4}, %s}",
        "t5 | - finetune: {lora: {rank: 4, targets: ['*EncDecAttention*']}, %s}",
        "bert | - magnitude: {sparsity: 0.5}\\n  - finetune: {%s}",
        "t5 | - svd: {keep: 0.5}\\n  - finetune: {%s}"
      })
  void whatIsRoundedOrSmallerLearnsToo(String family, String stages) throws IOException {
    JsonNode training =
        bench()
            .trained(
                bench().model(family),
                "  " + stages.replace("\\n", "\n").formatted(SHORT),
                "small");
    assertThat(KindBench.look(training, 1)).isLessThan(KindBench.look(training, 0));
    assertThat(bench().heldLoss(directory.resolve("small"), LENGTH))
        .isCloseTo(KindBench.look(training, -1), within(1e-3));
  }

  @ParameterizedTest
  @CsvSource({"bert, null", "t5, \"SEQ_2_SEQ_LM\""})
  void anAdapterSaysWhatItsModelIsFor(String family, String task) throws IOException {
    JsonNode unused =
        bench()
            .trained(
                bench().model(family),
                "  - finetune: {lora: {rank: 2, saveAdapter: true}, %s}".formatted(SHORT),
                "adapted");
    Path adapter = Pipeline.adapter(directory.resolve("adapted"), 1);
    assertThat(Files.readString(adapter.resolve("adapter_config.json")))
        .contains("\"task_type\" : " + task);
  }

  /** Masks and sentinels have other ids then. */
  @ParameterizedTest
  @ValueSource(strings = {"bert", "t5"})
  void aModelOfFewerTokensLearnsInItsOwn(String family) throws IOException {
    Path text = Files.writeString(directory.resolve("text.txt"), "abcdefghijklmnop".repeat(20));
    JsonNode training =
        bench()
            .trained(
                bench().model(family),
                "  - trim-vocabulary: {keep: 80, text: %s}\n  - finetune: {%s}"
                    .formatted(text, HOW),
                "trimmed");
    assertThat(KindBench.rows(directory.resolve("trimmed"))).isEqualTo(80);
    assertThat(KindBench.step(training, 39).path("loss").asDouble())
        .isLessThan(KindBench.step(training, 0).path("loss").asDouble() - 0.5);
  }

  @Test
  void sharesAndSpansAreThoseOfTheRecipe() throws IOException {
    String how = "  - finetune: {data: {length: 18}, training: {steps: 1, batch: 4, %s}}";
    JsonNode spans =
        bench()
            .trained(bench().model("t5"), how.formatted("spans: {share: 0.5, length: 3}"), "spans");
    // 9 of 18 tokens in 3 spans.
    assertThat(spans.path("log").path("tokens").asLong()).isEqualTo(4 * (9 + 4 + 9 + 4));
    Recipe recipe = bench().recipe(how.formatted("masking: {share: 0.3}"));
    assertThat(recipe.toYaml()).contains("share: 0.3").contains("masked: 0.8");
    Path again = Files.createDirectory(directory.resolve("again")).resolve("recipe.yaml");
    Files.writeString(again, recipe.toYaml());
    assertThat(
            new RecipeLoader(directory.resolve("again"), StageRegistry.load()).read(again).stages())
        .isEqualTo(recipe.stages());
    assertThat(bench().recipe("  - finetune").toYaml()).doesNotContain("masking", "spans");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert_seqcls | finetune: {} | found a model of bert that puts text into classes",
        "bert_seqcls | distill: {} | neither texts nor answers have classes",
        "bert | finetune: {answers: {file: SET}} | answers: found them for a model of bert that fills gaps",
        "bert | finetune: {data: {bos: every}} | data: bos: found every for a model of bert, expected none",
        "t5 | finetune: {data: {bos: first}} | data: bos: found first for a model of t5",
        "t5 | finetune: {training: {masking: {}}} | training: masking: found it for a model of t5, expected one that fills gaps",
        "bert | finetune: {training: {spans: {}}} | training: spans: found it for a model of bert",
        "llama | finetune: {training: {spans: {}}} | training: spans: found it for a model of llama",
        "t5 | finetune: {answers: {file: SET}, training: {spans: {}}} | spans: found them beside answers",
        "bert | distill: {loss: [{uld: {positions: observed}}]} | uld: positions: found observed",
        "bert | distill: {teachers: [LLAMA]} | found a model that continues text, expected one that fills gaps like the student",
        "t5 | distill: {teachers: [BERT]} | expected one of encoder and decoder that begins with token 0",
        "bert | finetune: {data: {length: 3}} | data: length: found 3, expected at least 2 beside the 2 tokens",
        "bert | finetune: {training: {masking: {share: 0}}} | share: found 0",
        "t5 | distill: {loss: [js], onPolicy: {}} | onPolicy: found it for a model of t5, expected one that continues text",
        "bert | minillm: {} | minillm: found it for a model of bert",
        "bert | finetune: {generated: {}} | generated: found it for a model of bert",
        "t5 | distill: {loss: [cached-top-k], cache: {k: 4}} | cache: found it for a model of t5",
        "t5 | finetune: {data: {length: 30}, training: {spans: {share: 0.5, length: 1}}} | found 8 sentinels such as <extra_id_0>, expected one for each of 15 spans"
      })
  void whatAModelCannotLearnIsRefused(String family, String stage, String message)
      throws IOException {
    Path file = directory.resolve("set.jsonl");
    new TrainingSet(List.of(new ChatExample(List.of(ChatMessage.user("abc")), "de")), new Drops())
        .write(file);
    Path model = bench().model(family);
    String written =
        stage
            .replace("SET", file.toString())
            .replace("LLAMA", Goldens.room("families").resolve("llama").toString())
            .replace("BERT", Goldens.room("families").resolve("bert").toString());
    assertThatThrownBy(() -> bench().run(model, "  - " + written, "refused"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
    assertThat(directory.resolve("refused")).doesNotExist();
  }

  /** Before a stage in front of it has worked for an hour. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert | [MASK] | found no mask token",
        "bert | [CLS] | found 0 tokens in front of a text and 0 behind it, expected some such as [CLS] and [SEP]",
        "t5 | </s> | found no token that ends a text, expected one such as </s>",
        "t5 | <extra_id_0> | found 0 sentinels such as <extra_id_0>, expected one for each of 1 spans",
        "bert | all | no tokenizer",
        "t5 | all | no tokenizer"
      })
  void aTokenizerWithoutWhatIsNeededIsRefused(String family, String token, String message)
      throws IOException {
    Path model = bench().model(family);
    if (token.equals("all")) {
      Files.delete(model.resolve("tokenizer.json"));
    } else {
      GapTokenizer.write(model, without(KindBench.rows(model), token));
    }
    assertThatThrownBy(() -> bench().run(model, "  - rtn: {}\n  - qlora: {" + SHORT + "}", "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage qlora: ")
        .hasMessageContaining(message);
    assertThat(Pipeline.working(directory.resolve("no"))).doesNotExist();
  }

  private static ObjectNode without(int size, String token) {
    ObjectNode json = GapTokenizer.json(size, KindBench.SENTINELS);
    int id = Math.toIntExact(GapTokenizer.id(size, KindBench.SENTINELS, token));
    ((ArrayNode) json.path("model").path("vocab").path(id)).set(0, "other");
    ArrayNode added = (ArrayNode) json.path("added_tokens");
    for (int i = added.size() - 1; i >= 0; i--) {
      if (added.get(i).path("content").asText().equals(token)) {
        added.remove(i);
      }
    }
    if (token.equals("[CLS]")) {
      json.remove("post_processor");
    }
    return json;
  }
}
