package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;

/** What packed linears ask of the checkpoint that they are in. */
public interface PackedSource {
  /** Whether there is a tensor of that name. */
  boolean has(String name);

  /**
   * Where a tensor is.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if there is none of that name
   */
  TensorInfo info(String name);

  /** Names of all tensors. */
  SortedSet<String> names();

  /** Where its files stand, for messages. */
  Path directory();

  /** The file that says how the model is made, for messages. */
  Path configuration();

  /** The type that the configuration says that its weights have, if it does. */
  Optional<DType> declaredType();

  /**
   * How a module is quantized.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if the configuration leaves
   *     it out of the quantization
   */
  Optional<QuantizationConfig> quantization(String module);

  /** The same; nothing where the configuration leaves it out. */
  Optional<QuantizationConfig> quantizationIfAny(String module);

  /** How a linear is stored that is in no published format. */
  Optional<JsonNode> ownFormat(String prefix);
}
