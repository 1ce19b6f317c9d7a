package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.structured.DropLayersParameters;
import dev.assay.engine.structured.DropLayersParameters.By;
import dev.assay.engine.structured.DropLayersParameters.Tokens;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ModelCensus;
import dev.assay.engine.working.ModelSize;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What models amount to, before and after stages. */
class StageSizesTest extends TorchTest {
  @TempDir Path directory;

  static List<String> families() {
    return FamilyFixtures.ALL;
  }

  private static Step svd(double keep) {
    return new Step("svd", new SvdParameters(keep));
  }

  private static Step drop() {
    return new Step(
        "drop-layers", new DropLayersParameters(1, List.of(0), By.INFLUENCE, Tokens.LAST, false));
  }

  private static Step half() {
    return new Step("magnitude", new MagnitudeParameters(Sparsity.parse("2:4")));
  }

  private static Step rtn() {
    return new Step("rtn", new RtnParameters(4, 16, false, false));
  }

  private List<Pipeline.StageOutcome> run(ModelFixture fixture, Path target, Step... steps) {
    return run(fixture, target, (stage, done, layers) -> {}, steps);
  }

  private List<Pipeline.StageOutcome> run(
      ModelFixture fixture, Path target, Pipeline.Listener listener, Step... steps) {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), List.of(steps), List.of(), target, listener);
  }

  private ModelSize count(Checkpoint checkpoint) {
    return ModelCensus.of(
        torch,
        new WorkingModel(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            WeightFormats.load(),
            directory.resolve("none")));
  }

  private static Stream<Linear> linears(ModelFixture fixture) {
    return fixture.architecture().stacks().stream()
        .flatMap(stack -> layouts(stack).flatMap(parts -> parts.stream()));
  }

  private static Stream<List<Linear>> layouts(Stack stack) {
    return stack.layers().stream().flatMap(layer -> layer.layout().stored().values().stream());
  }

  private static long numbers(Stream<Linear> linears) {
    return linears.mapToLong(linear -> linear.outFeatures() * linear.inFeatures()).sum();
  }

  @ParameterizedTest
  @MethodSource("families")
  void aCheckpointAmountsToItsTensors(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    ModelSize size = count(fixture.checkpoint());

    assertThat(size.linears().parameters()).isEqualTo(numbers(linears(fixture)));
    assertThat(size.compressed()).isEqualTo(new ModelSize.Compressed(0, 0));
    assertThat(size.parameters()).isEqualTo(fixture.checkpoint().parameters());
    assertThat(size.bytes()).isEqualTo(fixture.checkpoint().weightBytes());
  }

  /** Grouped queries, transposed and fused weights, experts, biases, two stacks, tied heads. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "bloom", "mixtral", "qwen2", "opt", "t5"})
  void whatIsCountedIsWhatTheArtifactHas(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    for (Step step : List.of(svd(0.5), half(), rtn())) {
      Path target = directory.resolve(step.stage());
      Pipeline.StageOutcome outcome = run(fixture, target, step).get(0);
      ModelSize read = count(Checkpoint.open(target));

      assertThat(outcome.before().linears().parameters()).isEqualTo(numbers(linears(fixture)));
      assertThat(outcome.after().parameters()).as(step.stage()).isEqualTo(read.parameters());
      assertThat(outcome.after().linears()).as(step.stage()).isEqualTo(read.linears());
      assertThat(outcome.after().bytes()).as(step.stage()).isEqualTo(read.bytes());
      assertThat(outcome.after().compressed())
          .isEqualTo(
              new ModelSize.Compressed(
                  outcome.before().linears().parameters(), read.linears().parameters()));
      assertThat(outcome.seconds()).isPositive();
    }
  }

  @Test
  void factorsHaveFewerNumbers() {
    ModelFixture fixture = ModelFixture.of("phi3");
    Path target = directory.resolve("svd");
    ModelSize after = run(fixture, target, svd(0.5)).get(0).after();

    Checkpoint artifact = Checkpoint.open(target);
    Stack stack = fixture.architecture().main();
    long numbers = 0;
    for (int layer = 0; layer < stack.depth(); layer++) {
      for (String tensor : stack.layer(layer).layout().stored().keySet()) {
        LowRankWeight stored =
            (LowRankWeight) artifact.linear(torch, scope, stack.names().inLayer(layer, tensor));
        numbers += stored.rank() * (stored.outFeatures() + stored.inFeatures());
      }
    }
    assertThat(after.linears().parameters()).isEqualTo(numbers);
    assertThat(after.linears().bytes()).isEqualTo(numbers * Float.BYTES);
    assertThat(numbers).isLessThanOrEqualTo(numbers(linears(fixture)) / 2);
  }

  /** Zeros that are stored are no numbers that are gone. */
  @Test
  void zerosAreCountedApart() {
    ModelFixture fixture = ModelFixture.of("llama");
    Pipeline.StageOutcome outcome = run(fixture, directory.resolve("half"), half()).get(0);

    assertThat(outcome.after().parameters()).isEqualTo(outcome.before().parameters());
    assertThat(outcome.after().bytes()).isEqualTo(outcome.before().bytes());
    assertThat(outcome.after().linears().zeros())
        .isEqualTo(outcome.after().linears().parameters() / 2);
    assertThat(outcome.before().linears().zeros()).isZero();
  }

  @Test
  void layersThatAreDroppedAreGone() {
    ModelFixture fixture = ModelFixture.of("llama");
    Stack stack = fixture.architecture().main();
    List<Pipeline.StageOutcome> outcomes =
        run(fixture, directory.resolve("dropped"), drop(), rtn());
    long one = numbers(stack.layer(0).layout().parts());
    long norms = 2L * stack.spec().hiddenSize();
    ModelSize first = outcomes.get(0).after();
    ModelSize second = outcomes.get(1).after();

    assertThat(first.parameters()).isEqualTo(outcomes.get(0).before().parameters() - one - norms);
    assertThat(first.compressed())
        .isEqualTo(new ModelSize.Compressed(stack.depth() * one, (stack.depth() - 1) * one));
    assertThat(outcomes.get(1).before()).isEqualTo(first);
    assertThat(second.parameters()).isEqualTo(first.parameters());
    assertThat(second.linears().bytes()).isLessThan(first.linears().bytes() / 2);
    assertThat(second.compressed())
        .isEqualTo(new ModelSize.Compressed(stack.depth() * one, (stack.depth() - 1) * one));
  }

  /** Those that a stage leaves alone are none of the compressed. */
  @Test
  void someLinearsMayBeMeant() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step step =
        new Step("svd", new SvdParameters(0.5), new Selection(List.of("mlp.down_proj"), List.of()));
    ModelSize after = run(fixture, directory.resolve("some"), step).get(0).after();

    long down = numbers(linears(fixture).filter(each -> each.name().equals("mlp.down_proj")));
    assertThat(after.compressed().before()).isEqualTo(down);
    assertThat(after.compressed().now()).isBetween(1L, down / 2);
    assertThat(after.linears().parameters())
        .isEqualTo(numbers(linears(fixture)) - down + after.compressed().now());
  }

  /** Breaks off once in the second stage. */
  private static final class Breaking implements Pipeline.Listener {
    private final List<String> asked = new ArrayList<>();
    private boolean breaks = true;
    private double looked;

    @Override
    public void layerFinished(String stage, int finished, int layers) {
      if (breaks && stage.equals("rtn")) {
        breaks = false;
        throw new IllegalStateException("broken off");
      }
    }

    @Override
    public JsonNode finished(Pipeline.Finished stage) {
      asked.add(stage.step().stage() + (stage.last() ? ", last" : ""));
      return JsonNodeFactory.instance.objectNode().put("said", asked.size());
    }

    @Override
    public void looked(double seconds) {
      looked += seconds;
    }
  }

  @Test
  void whatWasSeenBeforeAnInterruptionIsKept() {
    ModelFixture fixture = ModelFixture.of("llama");
    Breaking listener = new Breaking();
    Path target = directory.resolve("artifact");
    assertThatThrownBy(() -> run(fixture, target, listener, half(), rtn()))
        .hasMessage("broken off");
    List<Pipeline.StageOutcome> outcomes = run(fixture, target, listener, half(), rtn());

    assertThat(listener.asked).containsExactly("magnitude", "rtn, last");
    assertThat(listener.looked).isPositive();
    assertThat(outcomes.get(0).told().path("said").asInt()).isEqualTo(1);
    assertThat(outcomes.get(1).told().path("said").asInt()).isEqualTo(2);
    assertThat(outcomes.get(0).seconds()).isPositive();
    List<Pipeline.StageOutcome> whole = run(fixture, directory.resolve("whole"), half(), rtn());
    for (int i = 0; i < 2; i++) {
      assertThat(outcomes.get(i).before()).isEqualTo(whole.get(i).before());
      assertThat(outcomes.get(i).after()).isEqualTo(whole.get(i).after());
    }
  }
}
