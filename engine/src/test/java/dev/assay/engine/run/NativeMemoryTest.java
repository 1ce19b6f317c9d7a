package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.TrainingLoss;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is opened natively is closed: resident memory does not grow with repetition. */
@Tag("slow")
class NativeMemoryTest {
  private static final long MEBIBYTE = 1 << 20;

  /** A model of 7 M parameters in float32 is 26 MiB; a leak of one in five would show. */
  private static final long ALLOWED = 40 * MEBIBYTE;

  private static final int ROUNDS = 8;
  private static final int WINDOWS = 3;

  @TempDir Path directory;

  @Test
  void loadingAndRunningLeavesNothingBehind() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      Checkpoint checkpoint = Checkpoint.open(ModelFixture.model("ref-7m"));
      ModelSpec architecture = new Families().architecture(checkpoint);

      assertSettles(
          () -> {
            for (Execution execution :
                List.of(
                    Execution.reference(torch.device()),
                    Execution.packed(torch.device(), DType.BFLOAT16))) {
              try (LanguageModel model =
                      LanguageModel.load(torch, checkpoint, architecture, execution);
                  KvCache cache = model.newCache(1, 300)) {
                model.tokenLosses(ids(1, 256));
                model.logits(torch.manager(), ids(1, 256), cache).close();
              }
            }
          });
    }
  }

  @Test
  void compressingLeavesNothingBehind() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      Checkpoint checkpoint = Checkpoint.open(ModelFixture.model("ref-7m"));
      ModelSpec architecture = new Families().architecture(checkpoint);
      Pipeline pipeline = new Pipeline(torch, architecture, StageRegistry.load());
      List<Step> steps =
          List.of(
              new Step(
                  "gptq", new GptqParameters(4, 128, false, false, false, true, 0.01, 128, false)));
      List<Path> made = new ArrayList<>();

      assertSettles(
          () -> {
            Path target = directory.resolve("round-" + made.size());
            made.add(target);
            pipeline.run(
                checkpoint, steps, Arrays.asList(ids(4, 128)), target, (stage, done, layers) -> {});
          });
    }
  }

  /** Caches of eight texts of 256 tokens are as large as the model. */
  @Test
  void writingLeavesNothingBehind() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1);
        NDManager own = torch.manager().newSubManager()) {
      Checkpoint checkpoint = Checkpoint.open(ModelFixture.model("ref-7m"));
      ModelSpec architecture = new Families().architecture(checkpoint);
      TrainableModel student =
          TrainableModel.read(
              torch,
              own,
              new CheckpointWeights(torch, checkpoint, architecture),
              TrainableModel.LinearForm.FLOAT32,
              TrainableModel.Asked.NOTHING,
              256);
      try (LanguageModel model =
              LanguageModel.load(
                  torch, checkpoint, architecture, Execution.reference(torch.device()));
          ModelTrainer trainer = trainer(torch, own, student)) {
        List<NextTokens.Source> sources = List.of(model.writing(), trainer.writing(0, 1));
        assertSettles(
            () -> {
              for (NextTokens.Source source : sources) {
                new TextWriter(torch, source, Set.of())
                    .write(List.of(ids(8, 250)), new double[8][6]);
              }
            });
      }
    }
  }

  private static ModelTrainer trainer(TorchSession torch, NDManager own, TrainableModel student) {
    List<ModelTrainer.Learned> learned = new ArrayList<>();
    student
        .values()
        .forEach(
            (name, value) -> learned.add(new ModelTrainer.Learned(name, value.tensor(), true)));
    List<WeightedTerm> loss = List.of(new WeightedTerm(1, new CrossEntropy(0, Reduction.TOKENS)));
    return new ModelTrainer(
        torch,
        student,
        List.of(),
        TrainingLoss.of(own, loss, student.spec(), List.of(), 0).modules(),
        learned,
        Optimizer.adamW(0),
        false);
  }

  /** A leak grows on for as long as one looks; Java's heap, pools and threads' arenas do not. */
  private static void assertSettles(Runnable round) throws IOException {
    // The first rounds fill pools and compile scripts.
    repeat(round, 3);
    List<Long> sizes = new ArrayList<>(List.of(resident()));
    do {
      repeat(round, ROUNDS);
      sizes.add(resident());
    } while (growth(sizes) >= ALLOWED && sizes.size() <= WINDOWS);

    assertThat(growth(sizes))
        .as("growth of resident memory over %d rounds, in the end, of %s bytes", ROUNDS, sizes)
        .isLessThan(ALLOWED);
  }

  private static void repeat(Runnable round, int times) {
    for (int i = 0; i < times; i++) {
      round.run();
    }
  }

  private static long growth(List<Long> sizes) {
    return sizes.get(sizes.size() - 1) - sizes.get(sizes.size() - 2);
  }

  private static long[][] ids(int rows, int length) {
    Random random = new Random(7);
    long[][] ids = new long[rows][length];
    for (long[] row : ids) {
      for (int i = 0; i < length; i++) {
        row[i] = random.nextInt(8192);
      }
    }
    return ids;
  }

  private static long resident() throws IOException {
    System.gc();
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "skipped: resident memory is read from " + status);
    Matcher matcher =
        Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$").matcher(Files.readString(status));
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1)) * 1024;
  }
}
