package dev.assay.engine.train;

import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.train.ModelTrainer.Learned;
import java.util.List;

/**
 * Floating-point operations of training a model as it is: products of two by their factors, what
 * stands beside linears too, and gradients of those weights alone that are trained. Of inputs all
 * gradients are counted, also below the lowest weight that is trained.
 *
 * @param layers of a forward pass through the layers
 * @param head of one through the head
 * @param attention of those of the layers, in products of queries, keys and values
 * @param trained of those, in products with weights that are trained
 */
public record StepFlops(double layers, double head, double attention, double trained) {
  private static final int MULTIPLY_ADD = 2;

  /** Those of one sequence of a model of one stack. */
  public static StepFlops of(TrainableModel student, List<Learned> learned, long length) {
    return of(student, learned, SequenceLengths.of(length));
  }

  /**
   * Those of one sequence.
   *
   * @param learned what is trained, of the model and beside its linears
   * @param lengths of the sequence
   */
  public static StepFlops of(
      TrainableModel student, List<Learned> learned, SequenceLengths lengths) {
    ModelSpec spec = student.spec();
    double weights = 0;
    for (TrainedValue value : student.values().values()) {
      if (isOfLayers(value)) {
        weights += used(spec, value) * tokens(spec, value, lengths);
      }
    }
    double trained = 0;
    double head = (double) ForwardFlops.head(spec) * lengths.written();
    String table =
        (spec.spec().tiedHead() ? spec.names().embedding() : spec.names().head()) + ".weight";
    for (Learned each : learned) {
      TrainedValue value = student.values().get(each.name());
      if (value == null) {
        boolean matrix = each.tensor().getShape().dimension() == 2;
        double products =
            matrix ? each.tensor().size() * (double) beside(student, each.name(), lengths) : 0;
        weights += products;
        trained += products;
      } else if (isOfLayers(value)) {
        trained += used(spec, value) * tokens(spec, value, lengths);
      } else if (each.name().equals(table)) {
        trained += head;
      }
    }
    double attention = ForwardFlops.attention(spec, lengths);
    return new StepFlops(
        MULTIPLY_ADD * weights + attention, MULTIPLY_ADD * head, attention, MULTIPLY_ADD * trained);
  }

  /** Tokens that a linear is given. */
  private static long tokens(ModelSpec spec, TrainedValue value, SequenceLengths lengths) {
    boolean across =
        spec.stacks().get(value.stack()).layer(value.layer()).layout().groups().stream()
            .anyMatch(
                group -> ForwardFlops.readsAcross(group) && group.linears().contains(value.name()));
    return across ? lengths.read() : ForwardFlops.tokens(spec, value.stack(), lengths);
  }

  /** Tokens that what stands beside a linear is given, as its name begins with the linear's. */
  private static long beside(TrainableModel student, String name, SequenceLengths lengths) {
    return student.values().entrySet().stream()
        .filter(each -> isOfLayers(each.getValue()) && name.startsWith(stem(each.getKey())))
        .mapToLong(each -> tokens(student.spec(), each.getValue(), lengths))
        .findFirst()
        .orElse(lengths.written());
  }

  /** A linear's name, with the dot behind it. */
  private static String stem(String weight) {
    return weight.substring(0, weight.lastIndexOf('.') + 1);
  }

  private static boolean isOfLayers(TrainedValue value) {
    return value.kind() == TrainedValue.Kind.LINEAR && value.layer() != TrainedValue.BESIDE;
  }

  /** Multiply-adds of a token, of experts the share that it goes through. */
  private static double used(ModelSpec spec, TrainedValue value) {
    LayerSpec layer = spec.stacks().get(value.stack()).layer(value.layer());
    FeedForwardSpec feed = layer.feedForward();
    boolean routed =
        feed.experts() > 1
            && layer.layout().groups().stream()
                .skip(layer.firstFeedForward())
                .anyMatch(group -> group.linears().contains(value.name()));
    double size = value.tensor().size();
    return routed ? size * feed.expertsPerToken() / feed.experts() : size;
  }

  /**
   * A step: forward, and backward.
   *
   * @param recomputes whether layers are computed again in the backward pass
   */
  public double step(boolean recomputes) {
    double forward = layers + head;
    return 2 * forward + attention + trained + (recomputes ? layers : 0);
  }
}
