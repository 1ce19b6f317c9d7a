package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** A layer as a look at the model shows it: nothing of it can be changed. */
public final class SurveyedLayer implements LayerView {
  private final TorchSession torch;
  private final NDManager scope;
  private final int index;
  private final LayerSpec spec;
  private final LayerLayout layout;
  private final LayerState state;
  private final LayerStatistics statistics;

  SurveyedLayer(
      TorchSession torch,
      NDManager scope,
      int index,
      LayerSpec spec,
      LayerLayout layout,
      LayerState state,
      LayerStatistics statistics) {
    this.torch = torch;
    this.scope = scope;
    this.index = index;
    this.spec = spec;
    this.layout = layout;
    this.state = state;
    this.statistics = statistics;
  }

  @Override
  public TorchSession torch() {
    return torch;
  }

  @Override
  public NDManager scope() {
    return scope;
  }

  @Override
  public int position() {
    return index;
  }

  @Override
  public LayerSpec spec() {
    return spec;
  }

  @Override
  public LayerLayout layout() {
    return layout;
  }

  /**
   * The weight that linears are stored in together, float32 [out of all, in].
   *
   * @param owner of the copy, which is none where it is one linear
   * @param linears of one stored weight, see {@link LayerLayout#storedTogether}
   */
  public NDArray weights(NDManager owner, List<String> linears) {
    List<NDArray> each = linears.stream().map(state::unstored).toList();
    return each.size() == 1 ? each.get(0) : torch.tensors().concatenate(owner, each, 0);
  }

  @Override
  public NDArray weight(String linear) {
    return state.unstored(linear);
  }

  @Override
  public GroupStatistics statistics(LinearGroup group) {
    return statistics.of(group, spec, state);
  }
}
