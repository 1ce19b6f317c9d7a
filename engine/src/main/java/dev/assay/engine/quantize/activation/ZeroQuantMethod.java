package dev.assay.engine.quantize.activation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.CalibratedRange;
import dev.assay.engine.quantize.FlatGroups;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.quantize.activation.ZeroQuantParameters.Activations;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.FlatGridWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StaticInput;
import dev.assay.engine.weight.StoredWeight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rounds weights in groups and inputs by token, each on a grid of 2^b steps of which the last is
 * cut off, as DeepSpeed's compression has it.
 */
final class ZeroQuantMethod implements LayerwiseMethod {
  private final ZeroQuantParameters parameters;

  ZeroQuantMethod(ZeroQuantParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean roundsInputs() {
    return true;
  }

  @Override
  public Set<Statistic> statistics() {
    return parameters.activations() == Activations.TENSOR ? Set.of(Statistic.RANGES) : Set.of();
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(form());
  }

  private GridForm form() {
    // Zeros of a group that lies to one side of 0 are beyond its codes.
    return parameters.symmetric()
        ? new GridForm(
            parameters.bits(),
            parameters.groupSize(),
            true,
            true,
            GridForm.Layout.COMPRESSED_TENSORS)
        : new GridForm(
            parameters.bits(), parameters.groupSize(), false, true, GridForm.Layout.REAL_ZEROS);
  }

  @Override
  public void compress(LayerContext layer) {
    Map<LinearGroup, InputScheme> schemes = new LinkedHashMap<>();
    layer.layout().groups().forEach(group -> schemes.put(group, scheme(layer, group)));
    schemes.forEach(
        (group, scheme) -> {
          group.linears().forEach(linear -> store(layer, linear));
          group.linears().forEach(linear -> layer.treatInput(linear, scheme));
        });
  }

  private InputScheme scheme(LayerContext layer, LinearGroup group) {
    PerTokenInput token =
        new PerTokenInput(
            parameters.inputBits(), parameters.symmetricInputs(), IntegerRule.ZEROQUANT);
    if (parameters.activations() == Activations.TOKEN) {
      return token;
    }
    return CalibratedRange.of(layer, group)
        .<InputScheme>map(
            range ->
                StaticInput.between(
                    parameters.inputBits(),
                    range.averageLeast(),
                    range.averageGreatest(),
                    parameters.symmetricInputs(),
                    IntegerRule.ZEROQUANT))
        .orElse(token);
  }

  private void store(LayerContext layer, String linear) {
    NDArray weight = layer.weight(linear);
    long columns = weight.getShape().get(1);
    Optional<String> obstacle =
        new FlatGroups(parameters.groupSize(), true)
            .obstacle(weight.getShape().get(0), columns, layer.layout().sharesTensor(linear));
    if (obstacle.isPresent()) {
      layer.storeDense(linear, weight, obstacle.get());
      return;
    }
    StoredWeight stored = quantize(layer.torch(), layer.scope(), weight, parameters);
    Optional<QuantizedWeight> grid = stored.onGrid();
    if (grid.isPresent()) {
      layer.storeQuantized(linear, grid.get(), null);
    } else {
      layer.store(linear, stored, null);
    }
  }

  /**
   * The nearest codes of a weight.
   *
   * @param weight float32 [out, in], of whole groups
   */
  static StoredWeight quantize(
      TorchSession torch, NDManager owner, NDArray weight, ZeroQuantParameters parameters) {
    TensorChecks.finite(torch, "weight", weight);
    long columns = weight.getShape().get(1);
    int groupSize = parameters.groupSize();
    long size = groupSize == GridForm.PER_CHANNEL ? columns : groupSize;
    List<NDArray> made =
        torch
            .script(ZeroQuantMethod.class, "zeroquant.py")
            .callForList(
                owner,
                "quantize",
                weight,
                size,
                (long) (1 << (parameters.bits() - 1)),
                parameters.symmetric());
    if (!new FlatGroups(groupSize, true).inRows(columns)) {
      return new FlatGridWeight(
          made.get(0), made.get(1), made.get(2), parameters.bits(), groupSize, 1);
    }
    long rows = weight.getShape().get(0);
    return QuantizedWeight.inOrder(
        owner,
        made.get(0),
        made.get(1).reshape(rows, -1),
        made.get(2).reshape(rows, -1),
        new ZeroQuantMethod(parameters).form());
  }
}
