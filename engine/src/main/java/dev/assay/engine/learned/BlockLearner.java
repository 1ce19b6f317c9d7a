package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.learned.LearnedWeight.Learned;
import dev.assay.engine.qat.Estimator;
import dev.assay.engine.qat.GridPlan;
import dev.assay.engine.qat.WeightRounding;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.ArrayList;
import java.util.List;

/**
 * Learns weights with the scales and zeros of their groups. What is 0 stays 0.
 *
 * @param weightRate of weights; 0 where they stay
 * @param gridRate of scales and zeros; 0 where they stay
 * @see <a href="https://github.com/OpenGVLab/EfficientQAT/blob/2747462/quantize/block_ap.py">
 *     block_ap</a>
 */
record BlockLearner(int bits, int groupSize, double weightRate, double gridRate)
    implements GridLearner {
  private WeightRounding rounding() {
    return new GridPlan(bits, groupSize, false, Estimator.EFFICIENTQAT);
  }

  @Override
  public GridForm form() {
    return rounding().form();
  }

  @Override
  public LearnedWeight weight(TorchSession torch, NDManager owner, NDArray weight, DType stored) {
    WeightRounding.Begun begun = rounding().begin(torch, owner, weight, stored != DType.FLOAT32);
    List<Learned> learned = new ArrayList<>();
    learned.add(Learned.free(weight, weightRate));
    begun.learned().values().forEach(each -> learned.add(Learned.free(each, gridRate)));
    return new LearnedWeight(
        LearnedWeight.module("TrainedLinear")
            .with("weight", weight)
            .with("present", Groups.script(torch).call(owner, "present", weight))
            .with("quantizer", begun.quantizer()),
        learned,
        form());
  }
}
