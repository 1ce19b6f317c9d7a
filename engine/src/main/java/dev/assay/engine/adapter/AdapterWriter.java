package dev.assay.engine.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.AdapterPlace;
import dev.assay.engine.checkpoint.safetensors.TensorFile;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.RowBlocks;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.LoraForm.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes products that were trained beside linears as an adapter in PEFT's format, {@code
 * adapter_config.json} and {@code adapter_model.safetensors} in float32. Linears that are stored as
 * one weight have one product of all their ranks.
 *
 * @see <a
 *     href="https://github.com/huggingface/peft/blob/v0.17.0/src/peft/tuners/lora/config.py">LoraConfig</a>
 */
public final class AdapterWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEIGHT = ".weight";

  private final TorchSession torch;
  private final Map<String, Pair> pairs;
  private final int rank;
  private final double alpha;
  private final SortedMap<String, Adapted> modules = new TreeMap<>();
  private final Set<String> others = new HashSet<>();
  private final @Nullable String task;

  /**
   * A stored weight that products belong to.
   *
   * @param rows of it
   * @param parts linears of it that have a product, by the full names of their weights
   */
  private record Adapted(long rows, SortedMap<String, Linear> parts) {
    boolean transposed() {
      return parts.values().iterator().next().transposed();
    }
  }

  /**
   * @param pairs products by the full names of the weights of linears
   * @param rank of each
   * @param alpha that each is multiplied by, over the rank
   * @throws BadInputException if one is beside what is no linear of the model's layers
   */
  public AdapterWriter(
      TorchSession torch, ModelSpec model, Map<String, Pair> pairs, int rank, double alpha) {
    this.torch = torch;
    this.pairs = pairs;
    this.rank = rank;
    this.alpha = alpha;
    this.task = task(model.kind());
    Set<String> left = new TreeSet<>(pairs.keySet());
    for (Stack stack : model.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        collect(stack, layer, left);
      }
    }
    if (!left.isEmpty()) {
      throw new BadInputException(
          "saveAdapter: found a product beside %s, which is one of two that a stage before has made, expected linears of the model alone: PEFT has no name for it"
              .formatted(left.iterator().next()));
    }
  }

  /** PEFT's word for what a model is for; null where it has none, as for filling gaps. */
  private static @Nullable String task(ModelSpec.Kind kind) {
    return switch (kind) {
      case CAUSAL -> "CAUSAL_LM";
      case ENCODER_DECODER -> "SEQ_2_SEQ_LM";
      case CLASSIFIER -> "SEQ_CLS";
      case MASKED -> null;
    };
  }

  private void collect(Stack stack, int layer, Set<String> left) {
    LayerLayout layout = stack.layer(layer).layout();
    for (Map.Entry<String, List<Linear>> stored : layout.stored().entrySet()) {
      SortedMap<String, Linear> parts = new TreeMap<>();
      for (Linear part : stored.getValue()) {
        String weight = stack.names().inLayer(layer, part.name()) + WEIGHT;
        if (left.remove(weight)) {
          parts.put(weight, part);
        }
      }
      String name = stack.names().inLayer(layer, stored.getKey());
      if (parts.isEmpty()) {
        others.add(name);
      } else {
        modules.put(name, new Adapted(layout.storedRows(stored.getValue().get(0)), parts));
      }
    }
  }

  /** Writes both files, the configuration last. */
  public void write(AdapterPlace place) {
    try (NDManager scope = torch.manager().newSubManager()) {
      Map<String, NDArray> tensors = new TreeMap<>();
      modules.forEach(
          (name, module) -> {
            String prefix = Adapter.MODEL + name;
            tensors.put(prefix + Adapter.DOWN, down(scope, module));
            tensors.put(prefix + Adapter.UP, up(scope, module));
          });
      Files.createDirectories(place.directory());
      TensorFile.write(torch, place.directory().resolve(AdapterFiles.TENSORS), tensors);
      Files.write(
          place.directory().resolve(AdapterFiles.CONFIG),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config(place.base())));
    } catch (IOException e) {
      throw new UncheckedIOException(
          place.directory() + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private NDArray down(NDManager scope, Adapted module) {
    float[] all = new float[0];
    long columns = 0;
    for (String weight : module.parts().keySet()) {
      NDArray own = Leaves.detached(scope, pair(weight).down());
      columns = own.getShape().get(1);
      float[] values = own.toFloatArray();
      float[] more = Arrays.copyOf(all, all.length + values.length);
      System.arraycopy(values, 0, more, all.length, values.length);
      all = more;
    }
    return scope.create(all, new Shape(all.length / columns, columns));
  }

  /** Rows of a part where its weight's are, and 0 in the columns of the others. */
  private NDArray up(NDManager scope, Adapted module) {
    int width = rank * module.parts().size();
    float[] all = new float[Math.toIntExact(module.rows() * width)];
    int first = 0;
    for (Map.Entry<String, Linear> part : module.parts().entrySet()) {
      float[] values = Leaves.detached(scope, pair(part.getKey()).up()).toFloatArray();
      RowBlocks rows = part.getValue().rows();
      long[] places =
          rows == null
              ? IntStream.range(0, values.length / rank).asLongStream().toArray()
              : rows.indices();
      for (int row = 0; row < places.length; row++) {
        int to = Math.toIntExact(places[row] * width + first);
        System.arraycopy(values, row * rank, all, to, rank);
      }
      first += rank;
    }
    return scope.create(all, new Shape(module.rows(), width));
  }

  private Pair pair(String weight) {
    return Objects.requireNonNull(pairs.get(weight), weight);
  }

  private ObjectNode config(@Nullable String base) {
    ObjectNode config = JSON.createObjectNode();
    ObjectNode alphas = config.putObject("alpha_pattern");
    config.putNull("auto_mapping");
    config.put("base_model_name_or_path", base);
    config.put("bias", "none");
    config.put("fan_in_fan_out", modules.values().stream().allMatch(module -> module.transposed()));
    config.put("inference_mode", true);
    config.put("init_lora_weights", true);
    config.putNull("layers_pattern");
    config.putNull("layers_to_transform");
    if (alpha == Math.rint(alpha) && alpha < Integer.MAX_VALUE) {
      config.put("lora_alpha", (int) alpha);
    } else {
      config.put("lora_alpha", alpha);
    }
    config.put("lora_dropout", 0.0);
    config.putNull("modules_to_save");
    config.put("peft_type", "LORA");
    config.put("r", rank);
    ObjectNode ranks = config.putObject("rank_pattern");
    modules.forEach(
        (name, module) -> {
          int together = module.parts().size();
          if (together > 1) {
            ranks.put(name, rank * together);
            alphas.put(name, alpha * together);
          }
        });
    config.putNull("revision");
    ArrayNode targets = config.putArray("target_modules");
    targets().forEach(targets::add);
    config.put("task_type", task);
    config.put("use_dora", false);
    config.put("use_rslora", false);
    return config;
  }

  /** The last parts of names; whole ones where others with the same last part have no product. */
  private SortedSet<String> targets() {
    SortedSet<String> last = new TreeSet<>();
    modules.keySet().forEach(name -> last.add(last(name)));
    boolean alone = others.stream().noneMatch(name -> last.contains(last(name)));
    return alone ? last : new TreeSet<>(modules.keySet());
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
