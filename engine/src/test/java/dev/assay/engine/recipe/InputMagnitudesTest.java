package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fold.RotateParameters;
import dev.assay.engine.fold.RotateParameters.Down;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.fold.RotateParameters.Stream;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.RoundInputsParameters;
import dev.assay.engine.quantize.StressOutliersParameters;
import dev.assay.engine.run.InputMagnitude;
import dev.assay.engine.run.InputMagnitudes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What linears take in, shown before it is rounded and after it is turned. */
class InputMagnitudesTest extends TorchTest {
  private static final Step TWO_BITS =
      new Step("round-inputs", new RoundInputsParameters(2, true, 0.9, -1));

  @TempDir Path directory;
  private int models;

  @Test
  void aRoundedInputIsShownAsItWas() {
    ModelFixture fixture = ModelFixture.of("llama");
    List<InputMagnitude> before = inputs(fixture, List.of());

    List<InputMagnitude> after = inputs(fixture, List.of(TWO_BITS));

    assertThat(after).hasSameSizeAs(before);
    assertThat(after.get(0)).isEqualTo(before.get(0));
    assertThat(after.get(0).median()).isPositive();
    // Behind rounded products everything is another.
    InputMagnitude last = after.get(after.size() - 1);
    assertThat(last).isNotEqualTo(before.get(before.size() - 1));
    assertThat(last.median()).isPositive();
  }

  @Test
  void anOnlineRotationIsSeenWhereOutliersGo() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step stress =
        new Step("stress-outliers", new StressOutliersParameters(List.of(3), List.of(80.0)));
    Step rotate =
        new Step("rotate", new RotateParameters(Stream.HADAMARD, Heads.ACROSS, Down.BLOCKS, 0));

    InputMagnitude stressed = named(inputs(fixture, List.of(stress)), "self_attn.q_proj");
    InputMagnitude rotated = named(inputs(fixture, List.of(stress, rotate)), "self_attn.q_proj");
    InputMagnitude down = named(inputs(fixture, List.of()), "mlp.down_proj");
    InputMagnitude turned = named(inputs(fixture, List.of(rotate, TWO_BITS)), "mlp.down_proj");

    assertThat(stressed.channels().get(0).channel()).isEqualTo(3);
    assertThat(ratio(rotated)).isLessThan(ratio(stressed) / 4);
    assertThat(turned.median()).isPositive().isNotEqualTo(down.median());
  }

  @Test
  void tokensOfExpertsAreTheirOwn() {
    ModelFixture fixture = ModelFixture.of("mixtral");
    List<InputMagnitude> inputs = inputs(fixture, List.of());
    long all = fixture.ids(scope, "input_ids").length * 33L;
    List<InputMagnitude> experts =
        inputs.stream().filter(each -> each.linear().contains("experts")).toList();

    assertThat(named(inputs, "self_attn.q_proj").tokens()).isEqualTo(all);
    assertThat(experts).allMatch(each -> each.tokens() < all);
    assertThat(
            experts.stream()
                .filter(each -> each.layer() == 0)
                .mapToLong(InputMagnitude::tokens)
                .sum())
        .as("two of all experts a token, three linears each")
        .isEqualTo(3 * 2 * all);
  }

  @Test
  void aPairOfStacksIsRefused() {
    ModelFixture fixture = ModelFixture.of("t5");
    ModelSpec spec = fixture.architecture();
    assertThatThrownBy(
            () ->
                new InputMagnitudes(
                    torch, new CheckpointWeights(torch, fixture.checkpoint(), spec)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("t5: found an encoder and a decoder, expected one stack of layers");
  }

  private static double ratio(InputMagnitude input) {
    return input.absmax() / input.median();
  }

  private static InputMagnitude named(List<InputMagnitude> inputs, String linear) {
    return inputs.stream()
        .filter(each -> each.layer() == 0 && each.linear().equals(linear))
        .findFirst()
        .orElseThrow();
  }

  private List<InputMagnitude> inputs(ModelFixture fixture, List<Step> steps) {
    Path own = directory.resolve(Integer.toString(models++));
    Checkpoint model = Float32Copy.of(torch, fixture, own.resolve("source"));
    if (!steps.isEmpty()) {
      Path target = own.resolve("artifact");
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(model, new ArrayList<>(steps), List.of(), target, (stage, finished, layers) -> {});
      model = Checkpoint.open(target);
    }
    ModelSpec spec = new Families().architecture(model);
    return new InputMagnitudes(torch, new CheckpointWeights(torch, model, spec))
        .of(fixture.ids(scope, "input_ids"));
  }
}
