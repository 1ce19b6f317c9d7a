package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptArchive;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearPreparer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a model as a TorchScript archive with its weights, layer by layer: the tree that runs
 * here, its linears in forms of plain operations, so that any PyTorch can load it.
 */
public final class TreeArchive {
  /** Positions that an archive knows at most; contexts can be stated without bound. */
  public static final int MOST_POSITIONS = 1 << 15;

  private final TorchSession torch;
  private final ModelWeights weights;
  private final ModelSpec architecture;
  private final DType dtype;
  private final LinearPreparer preparer;

  /**
   * @param dtype of activations and of what is not quantized
   */
  public TreeArchive(
      TorchSession torch, Checkpoint checkpoint, ModelSpec architecture, DType dtype) {
    this.torch = torch;
    this.weights = new CheckpointWeights(torch, checkpoint, architecture);
    this.architecture = architecture;
    this.dtype = dtype;
    this.preparer = LinearPreparer.portable(torch, dtype);
  }

  /**
   * Writes the archive and closes the stream.
   *
   * @return tensors in it
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   */
  public int write(OutputStream out) throws IOException {
    try (ScriptArchive archive = new ScriptArchive(out)) {
      archive.finish(root(archive).object());
      return archive.tensors();
    }
  }

  private ModuleNode root(ScriptArchive archive) throws IOException {
    return switch (architecture.kind()) {
      case CAUSAL -> {
        StackLoader.Around main = stack(archive, "model", 0);
        yield Scripts.module("model.CausalModel")
            .with("model", main.stack())
            .with("lm_head", head(main))
            .with("choice", StepModules.PLAIN.choice());
      }
      case ENCODER_DECODER -> {
        StackLoader.Around encoder = stack(archive, "encoder", 0);
        StackLoader.Around decoder = stack(archive, "decoder", 1);
        yield Scripts.module("model.EncoderDecoderModel")
            .with("encoder", encoder.stack())
            .with("decoder", decoder.stack())
            .with("lm_head", head(decoder));
      }
      case MASKED, CLASSIFIER -> {
        StackLoader.Around main = stack(archive, "model", 0);
        yield Scripts.module("model.EncoderModel")
            .with("model", main.stack())
            .with("head", encoderHead(archive, main.head()));
      }
    };
  }

  private static ModuleNode head(StackLoader.Around stack) {
    return Objects.requireNonNull(stack.head(), "head");
  }

  /** Writes a stack's tensors; that of a head goes where the root has it. */
  private StackLoader.Around stack(ScriptArchive archive, String name, int index)
      throws IOException {
    StackLoader loader = new StackLoader(torch, weights, index, preparer);
    Stack stack = weights.stack(index);
    StackSpec spec = stack.spec();
    List<ModuleNode> layers = new ArrayList<>();
    for (int layer = 0; layer < stack.depth(); layer++) {
      try (NDManager owner = torch.manager().newSubManager()) {
        ModuleNode built = loader.layer(owner, layer);
        write(archive, name + ".layers." + layer, built.tensors());
        layers.add(built);
      }
    }
    try (NDManager owner = torch.manager().newSubManager()) {
      StackLoader.Around around = loader.around(owner);
      write(archive, name, around.stack().tensors());
      ModuleNode head = around.head();
      if (head != null && !name.equals("encoder")) {
        writeHead(archive, name, around, head.tensors());
      }
      int positions = Math.min(spec.contextLength(), MOST_POSITIONS);
      write(
          archive,
          name + ".positions",
          new PositionTables(torch, spec, dtype).tables(owner, positions));
      around.stack().with("layers", layers);
      return around;
    }
  }

  /** What a tied head holds of the table of token vectors is written already. */
  private void writeHead(
      ScriptArchive archive, String stack, StackLoader.Around around, Map<String, NDArray> tensors)
      throws IOException {
    String place = architecture.kind() == ModelSpec.Kind.MASKED ? "head.decoder.base" : "lm_head";
    IdentityHashMap<NDArray, String> written = new IdentityHashMap<>();
    around.stack().tensors().forEach((path, tensor) -> written.put(tensor, path));
    Map<String, NDArray> own = new LinkedHashMap<>();
    tensors.forEach(
        (path, tensor) -> {
          String shared = written.get(tensor);
          if (shared == null) {
            own.put(path, tensor);
          } else {
            archive.share(place + "." + path, stack + "." + shared);
          }
        });
    write(archive, place, own);
  }

  private ModuleNode encoderHead(ScriptArchive archive, @Nullable ModuleNode decoder)
      throws IOException {
    try (NDManager owner = torch.manager().newSubManager()) {
      ModuleNode head = EncoderHeadTree.read(torch, owner, weights, dtype, decoder).module();
      Map<String, NDArray> own = head.tensors();
      // Those of the decoder are written.
      own.keySet().removeIf(path -> path.startsWith("decoder.base."));
      write(archive, "head", own);
      return head;
    }
  }

  private void write(ScriptArchive archive, String prefix, Map<String, NDArray> tensors)
      throws IOException {
    for (Map.Entry<String, NDArray> tensor : tensors.entrySet()) {
      archive.tensor(torch.tensors(), prefix + "." + tensor.getKey(), tensor.getValue());
    }
  }
}
