package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.learned.LearnedWeight.Learned;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.List;

/**
 * Learns what is added to each weight before it is rounded, and which share of its range each group
 * has at both ends.
 *
 * @param rate of what is added
 * @param rangeRate of the shares; 0 for whole ranges
 * @see <a href="https://github.com/intel/auto-round/blob/b9f3d00/auto_round/data_type/int.py">
 *     quant_tensor_asym, quant_tensor_sym</a>
 */
record RoundingLearner(int bits, int groupSize, boolean symmetric, double rate, double rangeRate)
    implements GridLearner {
  @Override
  public GridForm form() {
    return GridForm.published(bits, groupSize, symmetric, true);
  }

  @Override
  public LearnedWeight weight(TorchSession torch, NDManager owner, NDArray weight, DType stored) {
    Groups groups = new Groups(torch, owner, weight, groupSize);
    NDArray offset = groups.everywhere(0);
    NDArray least = groups.each(1);
    NDArray greatest = groups.each(1);
    return LearnedWeight.of(
        LearnedWeight.rounding("AutoRound")
            .with("weight", groups.weight())
            .with("least", groups.least(true))
            .with("greatest", groups.greatest(true))
            .with("offset", offset)
            .with("min_scale", least)
            .with("max_scale", greatest)
            .with("bits", bits)
            .with("symmetric", symmetric),
        List.of(
            new Learned(offset, rate, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.0),
            new Learned(least, rangeRate, 0, 1, 1.0),
            new Learned(greatest, rangeRate, 0, 1, 1.0)),
        weight.getShape().get(1),
        form());
  }
}
