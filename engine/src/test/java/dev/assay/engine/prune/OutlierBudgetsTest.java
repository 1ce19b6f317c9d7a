package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.config.InvalidValueException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What layers give where it is not the same for all. */
class OutlierBudgetsTest {
  @Test
  void layersWithMoreOutliersGiveLess() {
    List<Double> ratios = OutlierLook.ratios(List.of(1.0, 3.0, 2.0), 0.1, 0.7);

    // Kept shares 0, 0.2 and 0.1 about their mean of 0.1.
    assertThat(ratios.get(0)).isCloseTo(0.8, within(1e-12));
    assertThat(ratios.get(1)).isCloseTo(0.6, within(1e-12));
    assertThat(ratios.get(2)).isCloseTo(0.7, within(1e-12));
  }

  @Test
  void layersThatAreAlikeGiveAlike() {
    assertThat(OutlierLook.ratios(List.of(2.0, 2.0), 0.1, 0.5)).containsExactly(0.5, 0.5);
    assertThat(OutlierLook.ratios(List.of(2.0), 0.1, 0.5)).containsExactly(0.5);
  }

  @Test
  void noLayerGivesAllOrLessThanNothing() {
    assertThat(OutlierLook.ratios(List.of(0.0, 1.0), 0.3, 0.2)).containsExactly(0.5, 0.01);
    assertThat(OutlierLook.ratios(List.of(0.0, 1.0), 0.3, 0.9).get(0)).isEqualTo(0.99);
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    OutlierBudgets owl = new OutlierBudgets(5, 0.08);
    Sparsity pattern = new Sparsity.NofM(2, 4);

    assertThatThrownBy(() -> new WandaParameters(pattern, owl))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("owl")
        .hasMessageContaining("2:4");
    assertThatThrownBy(
            () ->
                new MagnitudeParameters(
                    new Sparsity.Unstructured(0.5), MagnitudeParameters.Within.MODEL, owl))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("owl");
    assertThatThrownBy(
            () -> new MagnitudeParameters(pattern, MagnitudeParameters.Within.MODEL, null))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("within");
    assertThatThrownBy(() -> new OutlierBudgets(0, 0.08)).hasMessageContaining("above");
    assertThatThrownBy(() -> new OutlierBudgets(5, 1)).hasMessageContaining("spread");
  }
}
