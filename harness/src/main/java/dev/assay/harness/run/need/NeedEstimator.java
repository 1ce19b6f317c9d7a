package dev.assay.harness.run.need;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.run.TokenLoss;
import dev.assay.engine.torch.DType;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.PerplexityMeasure;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Foretells what a cell needs from shapes alone; no weight is loaded. What is counted is in {@code
 * docs/METHODOLOGY.md}.
 */
public final class NeedEstimator {
  /** A JVM with libtorch, awake, and the memory that allocators keep for later. */
  static final long PROCESS = 300_000_000;

  private static final long FLOAT = Float.BYTES;
  private static final double BITS_PER_BYTE = 8;

  /** Copies of second moments, in float32, that factors of a linear take. */
  private static final long MOMENTS = 6;

  /** Freed memory that the worker's allocator keeps, see {@code ForkedJvm.KEPT_MEMORY}. */
  static final long KEPT = 268_435_456;

  private final StageRegistry stages;

  public NeedEstimator(StageRegistry stages) {
    this.stages = stages;
  }

  /**
   * What a cell needs.
   *
   * @param compressed whether its artifact is there, or none is made
   * @param synthesized whether its synthetic model is there, or it is somebody's
   */
  public CellNeed of(CellSpec cell, boolean compressed, boolean synthesized) {
    if (cell.target().device() != Device.CPU) {
      return new CellNeed.Unknown("this build runs models on the CPU only");
    }
    try {
      ModelShape shape = ModelShape.of(cell);
      List<CompressionMethod> methods = methods(cell);
      return new CellNeed.Known(
          new MemoryNeed(
              compressed ? 0 : compression(cell, shape, methods),
              quality(cell, shape),
              execution(cell, shape, methods)),
          disk(shape, compressed ? List.of() : methods, synthesized));
    } catch (BadInputException e) {
      return new CellNeed.Unknown(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return new CellNeed.Unknown(cell.modelPath() + ": " + e.getMessage());
    }
  }

  private List<CompressionMethod> methods(CellSpec cell) {
    return cell.recipe().stages().stream().map(stages::method).toList();
  }

  private static long compression(
      CellSpec cell, ModelShape shape, List<CompressionMethod> methods) {
    return methods.stream()
        .mapToLong(method -> compression(cell.recipe().calibration(), shape, method))
        .max()
        .orElse(0);
  }

  private static long compression(
      Calibration calibration, ModelShape shape, CompressionMethod method) {
    Optional<TrainingExtent> training = method.training(shape.architecture());
    if (training.isPresent()) {
      return PROCESS + KEPT + FLOAT * TrainingNeed.numbers(shape, training.get());
    }
    Set<Statistic> statistics = method.statistics();
    long length = Math.min(calibration.length(), shape.architecture().spec().contextLength());
    long tokens = calibration.samples() * length;
    long rounding =
        (1 + method.layersInTraining()) * shape.layer() + method.copies() * shape.linear();
    if (!method.needsCalibration()) {
      return PROCESS + FLOAT * rounding;
    }
    // Sequences go through one by one; linears that share an input are joined for the pass.
    long pass = 2 * shape.layer() + 2 * forward(shape, length, length);
    if (statistics.contains(Statistic.HESSIAN) || statistics.contains(Statistic.FADING_MOMENTS)) {
      // A method that looks at what would be without it, too, has them twice.
      long hessians = (method.factors() ? method.states() : 1) * shape.hessians();
      pass += hessians;
      rounding +=
          hessians + (method.factors() || method.corrects() ? MOMENTS : 2) * shape.hessian();
    }
    if (statistics.contains(Statistic.INPUTS)) {
      // The original layer stays beside the one that factors are moved in.
      long together = Math.min(tokens * shape.inputWidths(), Statistic.KEPT_NUMBERS);
      pass += shape.layer() + Math.max(tokens * shape.widestInput(), together);
    }
    long copies = method.states();
    if (method.differentiates()) {
      copies = Math.max(copies, GradientSurvey.states(shape.architecture()));
      pass = Math.max(pass, backward(shape, length));
    }
    long states = copies * tokens * shape.architecture().spec().hiddenSize();
    if (method.loadsModel()) {
      // Logits and their probabilities, of some rows at a time.
      long logits = 3 * Math.min(length, 256) * shape.architecture().spec().vocabularySize();
      return PROCESS
          + KEPT
          + FLOAT * (shape.parameters() + logits + forward(shape, length, length));
    }
    return PROCESS + KEPT + FLOAT * (states + Math.max(pass, rounding));
  }

  /**
   * A layer with its gradients and all that it leaves for them, or the head with some rows of
   * logits, their logarithms of probabilities and gradients.
   */
  private static long backward(ModelShape shape, long length) {
    StackSpec spec = shape.architecture().spec();
    long head = 2L * spec.vocabularySize() * spec.embedding().width();
    long logits = 3 * Math.min(length, TokenLoss.ROWS) * spec.vocabularySize();
    return Math.max(3 * shape.layer() + 3 * forward(shape, length, length), head + logits);
  }

  /** Numbers on the way through a layer, the scores of attention among them. */
  private static long forward(ModelShape shape, long tokens, long length) {
    return tokens * (shape.tokenWidth() + shape.heads() * length);
  }

  private static long quality(CellSpec cell, ModelShape shape) {
    if (cell.model().synthetic() != null || cell.measures().perplexity().isEmpty()) {
      return 0;
    }
    long window =
        cell.measures().perplexity().stream().mapToLong(PerplexityMeasure::window).max().orElse(0);
    // Logits and their logarithms of probabilities.
    long logits = 2 * window * shape.architecture().spec().vocabularySize();
    return PROCESS
        + FLOAT * (shape.parameters() + logits + forward(shape, window, window) + shape.linear());
  }

  private static long execution(CellSpec cell, ModelShape shape, List<CompressionMethod> methods) {
    DType type = cell.dtype();
    GenerationLength length =
        GenerationLength.of(cell.measures(), shape.architecture().spec().contextLength());
    long positions = GenerationSettings.batch(cell.measures()) * (long) length.capacity();
    long weights = methods.isEmpty() ? asStored(shape, type) : asMade(shape, type, methods);
    long cache = 2 * positions * shape.keyValueWidths();
    // A linear at a time is turned from the stored form to the running one.
    long passing = cache + forward(shape, positions, length.capacity()) + 2 * shape.linear();
    return PROCESS + weights + FLOAT * passing;
  }

  /** Bytes of a model that no stage changes: what is packed stays so. */
  private static long asStored(ModelShape shape, DType type) {
    PackedShare packed = shape.packed();
    return Math.min(packed.bytes(), packed.weights() * type.bytes())
        + packed.again()
        + (shape.parameters() - packed.weights()) * type.bytes();
  }

  /** Bytes of one whose linears are in the form of the last stage. */
  private static long asMade(ModelShape shape, DType type, List<CompressionMethod> methods) {
    // A product beside it is small.
    List<CompressionMethod> forming =
        methods.stream().filter(method -> method.rounds() || !method.putsBeside()).toList();
    double stored =
        forming.isEmpty()
            ? type.bytes() * BITS_PER_BYTE
            : forming.get(forming.size() - 1).storedBits(type);
    double running = Math.min(stored, type.bytes() * BITS_PER_BYTE);
    return (long) (shape.linearParameters() * running / BITS_PER_BYTE)
        + (shape.parameters() - shape.linearParameters()) * type.bytes();
  }

  private static DiskNeed disk(
      ModelShape shape, List<CompressionMethod> methods, boolean synthesized) {
    DType type = shape.stored();
    long last = 0;
    long changed = 0;
    for (CompressionMethod method : methods) {
      if (method.putsBeside() && !method.rounds()) {
        changed += shape.linearParameters();
        continue;
      }
      double bits = method.storedBits(type);
      type = method.storedType(type);
      last =
          (long) (shape.linearParameters() * bits / BITS_PER_BYTE)
              + (shape.parameters() - shape.linearParameters()) * type.bytes();
      // Codes are kept a byte each while stages work, what stays dense in float32.
      changed += shape.linearParameters() * (method.rounds() ? 1 : FLOAT);
    }
    long passing = last + changed;
    return new DiskNeed(
        synthesized ? 0 : shape.parameters() * shape.stored().bytes(), last, passing);
  }
}
