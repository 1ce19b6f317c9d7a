package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The accumulators of one group of linears while the calibration activations run through. */
final class Gathering implements AutoCloseable {
  private final TorchSession torch;
  private final NDManager owner;
  private final @Nullable HessianAccumulator hessian;
  private final @Nullable InputNormAccumulator norms;
  private final @Nullable InputMeanAbsAccumulator magnitudes;
  private final @Nullable InputAbsmaxAccumulator greatest;
  private final @Nullable InputMeanAccumulator means;
  private final @Nullable InputFluctuationAccumulator fluctuations;
  private final @Nullable TensorAccumulator greatestMeans;
  private final @Nullable TensorAccumulator fading;
  private final @Nullable InputRangeAccumulator ranges;
  private final @Nullable List<NDArray> inputs;
  private final long features;
  private long tokens;
  private long sequences;

  /**
   * @param owner manager of the statistics
   * @param features input features of the group
   * @param samples sequences that are to come
   */
  Gathering(
      TorchSession torch, NDManager owner, Set<Statistic> wanted, long features, long samples) {
    this.torch = torch;
    this.owner = owner;
    this.features = features;
    this.hessian =
        wanted.contains(Statistic.HESSIAN) ? new HessianAccumulator(torch, features) : null;
    this.norms =
        wanted.contains(Statistic.SQUARED_NORMS) ? new InputNormAccumulator(torch, features) : null;
    this.magnitudes =
        wanted.contains(Statistic.MEAN_MAGNITUDES)
            ? new InputMeanAbsAccumulator(torch, features)
            : null;
    this.greatest =
        wanted.contains(Statistic.GREATEST_MAGNITUDES)
            ? new InputAbsmaxAccumulator(torch, features)
            : null;
    this.means =
        wanted.contains(Statistic.MEANS) ? new InputMeanAccumulator(torch, features) : null;
    this.fluctuations =
        wanted.contains(Statistic.FLUCTUATIONS)
            ? new InputFluctuationAccumulator(torch, features)
            : null;
    this.greatestMeans =
        wanted.contains(Statistic.GREATEST_MEANS)
            ? TensorAccumulator.greatestMeans(torch, features)
            : null;
    this.fading =
        wanted.contains(Statistic.FADING_MOMENTS)
            ? TensorAccumulator.fadingMoments(torch, features, samples)
            : null;
    this.ranges =
        wanted.contains(Statistic.RANGES) ? new InputRangeAccumulator(torch, features) : null;
    this.inputs = wanted.contains(Statistic.INPUTS) ? new ArrayList<>() : null;
  }

  /** Takes up an input; one without tokens, as an expert may get, says nothing. */
  void add(NDArray input) {
    if (input.getShape().size() == 0) {
      return;
    }
    tokens += input.getShape().size() / features;
    sequences += input.getShape().dimension() == 3 ? input.getShape().get(0) : 1;
    if (hessian != null) {
      hessian.add(input);
    }
    if (norms != null) {
      norms.add(input);
    }
    if (magnitudes != null) {
      magnitudes.add(input);
    }
    if (greatest != null) {
      greatest.add(input);
    }
    if (means != null) {
      means.add(input);
    }
    if (fluctuations != null) {
      fluctuations.add(input);
    }
    if (greatestMeans != null) {
      greatestMeans.add(input);
    }
    if (fading != null) {
      fading.add(input);
    }
    if (ranges != null) {
      ranges.add(input);
    }
    if (inputs != null) {
      inputs.add(torch.tensors().copy(owner, input));
    }
  }

  GroupStatistics result() {
    if (tokens == 0) {
      return GroupStatistics.ofNothing(features);
    }
    return new GroupStatistics(
        tokens,
        sequences,
        features,
        silent(),
        hessian == null ? null : handedOver(hessian.hessian()),
        norms == null ? null : torch.tensors().copy(owner, norms.squaredNorms()),
        magnitudes == null ? null : magnitudes.meanAbs(owner),
        greatest == null ? null : torch.tensors().copy(owner, greatest.absmax()),
        means == null ? null : means.means(owner),
        fluctuations == null ? null : torch.tensors().copy(owner, fluctuations.fluctuations()),
        greatestMeans == null ? null : torch.tensors().copy(owner, greatestMeans.get()),
        fading == null ? null : handedOver(fading.get()),
        ranges == null ? null : ranges.range(),
        inputs == null ? List.of() : inputs);
  }

  private boolean silent() {
    if (ranges != null) {
      return ranges.range().magnitude() == 0;
    }
    NDArray sums = norms == null ? null : norms.squaredNorms();
    if (hessian != null) {
      sums = hessian.hessian();
    }
    if (greatest != null) {
      sums = greatest.absmax();
    }
    if (greatestMeans != null) {
      sums = greatestMeans.get();
    }
    if (fading != null) {
      sums = fading.get();
    }
    try (NDManager scope = owner.newSubManager()) {
      if (magnitudes != null) {
        sums = magnitudes.meanAbs(scope);
      }
      return sums != null && RunningTensor.script(torch).callForBoolean("all_zero", sums);
    }
  }

  /** The accumulator's own tensor, as a second one would be as large as some layers. */
  private NDArray handedOver(NDArray accumulated) {
    accumulated.attach(owner);
    return accumulated;
  }

  @Override
  public void close() {
    if (hessian != null) {
      hessian.close();
    }
    if (norms != null) {
      norms.close();
    }
    if (magnitudes != null) {
      magnitudes.close();
    }
    if (greatest != null) {
      greatest.close();
    }
    if (means != null) {
      means.close();
    }
    if (fluctuations != null) {
      fluctuations.close();
    }
    if (greatestMeans != null) {
      greatestMeans.close();
    }
    if (fading != null) {
      fading.close();
    }
  }
}
