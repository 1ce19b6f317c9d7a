package dev.assay.engine.model;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** What stands on top of an encoder: tensors and their shapes, in the order of its script. */
public final class EncoderHead {
  private static final String FILLING = "cls.predictions.";

  private EncoderHead() {}

  /**
   * The tensors of a model that fills gaps or puts text into classes; none of any other.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if there is no bias of the
   *     classes
   */
  public static Map<String, Shape> shapes(ModelSpec architecture, Checkpoint checkpoint) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Shape vector = new Shape(architecture.spec().hiddenSize());
    Shape square = new Shape(architecture.spec().hiddenSize(), architecture.spec().hiddenSize());
    switch (architecture.kind()) {
      case MASKED -> {
        shapes.put(FILLING + "transform.dense.weight", square);
        shapes.put(FILLING + "transform.dense.bias", vector);
        shapes.put(FILLING + "transform.LayerNorm.weight", vector);
        shapes.put(FILLING + "transform.LayerNorm.bias", vector);
        shapes.put(FILLING + "bias", new Shape(architecture.spec().vocabularySize()));
      }
      case CLASSIFIER -> {
        // Any number of classes; the weight has to have as many as the bias.
        long classes = checkpoint.info("classifier.bias").elements();
        // The pooler stands beside the layers, with their prefix; the classifier on top of both.
        String prefix = architecture.names().layers().startsWith("bert.") ? "bert." : "";
        shapes.put(prefix + "pooler.dense.weight", square);
        shapes.put(prefix + "pooler.dense.bias", vector);
        shapes.put("classifier.weight", new Shape(classes, architecture.spec().hiddenSize()));
        shapes.put("classifier.bias", new Shape(classes));
      }
      default -> {}
    }
    return shapes;
  }
}
