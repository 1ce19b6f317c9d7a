package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.StoredWeight;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the formats' loaders do to inputs by themselves. */
class LoaderInputsTest extends TorchTest {
  private static final String PACKED = "model.layers.0.mlp.up_proj";

  private static Checkpoint artifact(String name) {
    return Checkpoint.open(Goldens.room("artifacts").resolve(name));
  }

  private StoredWeight weight(String artifact) {
    return artifact(artifact).linear(torch, scope, PACKED);
  }

  @Test
  void codesOfFourBitsKeepNoFeatureApart() {
    PublishedLayout layout = new BitsAndBytesLayout(Optional.empty());
    OutlierInput apart = new OutlierInput(6, false);

    assertThatThrownBy(() -> layout.requireInput(weight("bitsandbytes/nf4"), apart))
        .isInstanceOf(NoPlaceException.class)
        .hasMessageContaining("features from 6.0 apart")
        .hasMessageContaining("expected inputs as they come");
    assertThatCode(() -> layout.requireInput(weight("bitsandbytes/int8"), apart))
        .doesNotThrowAnyException();
  }

  @Test
  void runsOfFeaturesAreAsLongAsBlocks() {
    PublishedLayout layout = new BlockFloatLayout();
    StoredWeight weight = weight("fp8/block32x32");

    assertThatThrownBy(() -> layout.requireInput(weight, runs(16)))
        .isInstanceOf(NoPlaceException.class)
        .hasMessageContaining("found inputs rounded in groups of 16 over blocks of 32 columns");
    assertThatCode(() -> layout.requireInput(weight, runs(32))).doesNotThrowAnyException();
  }

  private static GroupedInput runs(int features) {
    return new GroupedInput(
        features, new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS));
  }

  /** Where inputs came as they are, users hear that the loaders round them. */
  @Test
  void roundingThatNothingDidBefore() {
    PublishedLayout bytes = new BitsAndBytesLayout(Optional.empty());

    assertThat(bytes.note(artifact("bitsandbytes/int8"), input(PACKED, new PlainInput())))
        .hasValueSatisfying(note -> assertThat(note).contains("round inputs to 8 bits by token"));
    assertThat(bytes.note(artifact("bitsandbytes/nf4"), input(PACKED, new PlainInput()))).isEmpty();
    assertThat(bytes.note(artifact("bitsandbytes/int8"), input(PACKED, new OutlierInput(6, false))))
        .isEmpty();
    assertThat(
            new BlockFloatLayout()
                .note(artifact("fp8/block32x32"), input(PACKED, new PlainInput())))
        .hasValueSatisfying(note -> assertThat(note).contains("round inputs to E4M3"));
    assertThat(new BlockFloatLayout().note(artifact("fp8/block32x32"), input(PACKED, runs(32))))
        .isEmpty();
  }

  /** The loaders leave them as they come. */
  @Test
  void inputsOfDenseLinearsAreNotSpokenOf() {
    assertThat(
            new BlockFloatLayout()
                .note(artifact("fp8/block32x32"), input("model.embed_tokens", new PlainInput())))
        .isEmpty();
  }

  private static Map<String, InputScheme> input(String linear, InputScheme scheme) {
    return Map.of(linear, scheme);
  }
}
