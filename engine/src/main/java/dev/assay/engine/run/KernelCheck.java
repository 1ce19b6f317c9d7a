package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Holds the products of a model's linears, in the form in which they run, against products in
 * float32 of their dequantised values: a few rows of normal inputs for each form and shape. What
 * the model does to inputs is done on both sides; what the kernel does of itself on one. Of what
 * stands beside the layers it looks at what is packed: a head, and the table of token vectors.
 */
public final class KernelCheck {
  private static final int SOME = 5;
  private static final int MANY = 80;

  private static final long SEED = 17;

  /** Rows of a head whose values are there at once. */
  private static final long PIECE = 4096;

  private final TorchSession torch;
  private final ModelWeights weights;
  private final Execution execution;
  private final LinearPreparer running;
  private final LinearPreparer reference;
  private final ScriptModule script;

  /** One token, some, and as many as see dequantised values. */
  private final int[] rows;

  public KernelCheck(TorchSession torch, ModelWeights weights, Execution execution) {
    this.torch = torch;
    this.weights = weights;
    this.execution = execution;
    this.running = new LinearPreparer(torch, execution);
    this.reference = new LinearPreparer(torch, Execution.reference(torch.device()));
    this.script = torch.script(KernelCheck.class, "kernel_check.py");
    long most = execution.choices().most().orElse(0);
    this.rows = new int[] {1, SOME, (int) Math.max(MANY, most + 1)};
  }

  /** What is one of several alike. */
  private record Alike(List<String> formats, List<InputScheme> inputs, List<Long> rows, long in) {}

  /** What outputs are held against: of float32 inputs. */
  private interface Exact {
    NDArray of(NDArray inputs);
  }

  /** The forms in which linears run, and in which packed token vectors are looked up. */
  public List<KernelUse> uses() {
    Map<String, KernelUse> uses = new LinkedHashMap<>();
    Set<Alike> seen = new HashSet<>();
    for (int index = 0; index < weights.spec().stacks().size(); index++) {
      Stack stack = weights.stack(index);
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (LinearGroup group : stack.layer(layer).layout().groups()) {
          try (NDManager scope = torch.manager().newSubManager()) {
            List<StoredWeight> stored =
                List.copyOf(weights.layers(index).linears(scope, layer, group.parts()).values());
            int at = layer;
            List<InputScheme> inputs =
                group.linears().stream().map(name -> stack.layer(at).linear(name).input()).toList();
            Alike alike =
                new Alike(
                    stored.stream().map(StoredWeight::format).toList(),
                    inputs,
                    stored.stream().map(StoredWeight::outFeatures).toList(),
                    group.inFeatures());
            if (seen.add(alike)) {
              ScriptModule exact =
                  LinearAlone.of(scope, prepare(reference, scope, stored, inputs).module());
              compare(scope, stored, inputs, x -> exact.call(scope, "forward", x), uses);
            }
          }
        }
      }
    }
    beside(uses);
    return List.copyOf(uses.values());
  }

  private void beside(Map<String, KernelUse> uses) {
    int index = weights.spec().stacks().size() - 1;
    Stack stack = weights.stack(index);
    try (NDManager scope = torch.manager().newSubManager()) {
      if (mayBePacked(stack.names().embedding())) {
        StoredWeight table = weights.module(index).storedEmbedding(scope);
        Optional<KernelUse> looked = new TableCheck(torch, running).use(table);
        looked.ifPresent(use -> add(uses, use));
        if (stack.spec().tiedHead() && looked.isPresent()) {
          head(scope, table, uses);
        }
      }
      if (!stack.spec().tiedHead()
          && stack.names().find(ModelModule.HEAD).isPresent()
          && mayBePacked(stack.names().head())) {
        head(scope, weights.linear(scope, stack.names().head()), uses);
      }
    }
  }

  /** Told without reading it: of what is stored value by value there is nothing to say. */
  private boolean mayBePacked(String prefix) {
    return weights.checkpoint().isPacked(prefix) || weights.checkpoint().gguf().isPresent();
  }

  private void head(NDManager scope, StoredWeight head, Map<String, KernelUse> uses) {
    if (!head.isDense()) {
      compare(scope, List.of(head), List.of(new PlainInput()), inPieces(scope, head), uses);
    }
  }

  /** A head may be too large for float32: its rows one piece after the other. */
  private Exact inPieces(NDManager scope, StoredWeight head) {
    long all = head.outFeatures();
    return inputs -> {
      List<NDArray> outputs = new ArrayList<>();
      for (long from = 0; from < all; from += PIECE) {
        long to = Math.min(all, from + PIECE);
        try (NDManager each = scope.newSubManager()) {
          StoredWeight rows = head.rows(torch, each, LongStream.range(from, to).toArray());
          outputs.add(
              LinearAlone.of(
                      each,
                      prepare(reference, each, List.of(rows), List.of(new PlainInput())).module())
                  .call(scope, "forward", inputs));
        }
      }
      return torch.tensors().concatenate(scope, outputs, 1);
    };
  }

  private void compare(
      NDManager scope,
      List<StoredWeight> stored,
      List<InputScheme> inputs,
      Exact exact,
      Map<String, KernelUse> uses) {
    LinearPreparer.Prepared prepared = prepare(running, scope, stored, inputs);
    ScriptModule found = LinearAlone.of(scope, prepared.module());
    long from = 0;
    double[] differences = new double[prepared.parts().size()];
    for (int count : rows) {
      NDArray x = LinearAlone.inputs(torch, scope, count, stored.get(0).inFeatures(), SEED);
      NDArray narrow = torch.tensors().cast(scope, x, execution.dtype());
      NDArray wide = torch.tensors().cast(scope, narrow, DType.FLOAT32);
      NDArray ours = found.call(scope, "forward", narrow);
      NDArray theirs = exact.of(wide);
      from = 0;
      for (int part = 0; part < differences.length; part++) {
        long to = from + prepared.parts().get(part).outFeatures();
        double difference = script.callForDouble("difference", ours, theirs, from, to);
        differences[part] =
            Double.isNaN(difference) ? difference : Math.max(differences[part], difference);
        from = to;
      }
    }
    for (int part = 0; part < differences.length; part++) {
      RunnableLinear linear = prepared.parts().get(part);
      InputScheme input = inputs.get(Math.min(part, inputs.size() - 1));
      add(
          uses,
          new KernelUse(
              linear.kernel(),
              linear.form(),
              activations(execution.dtype(), input, linear),
              0,
              1,
              differences[part]));
    }
  }

  /** What the model does to inputs, and after it the kernel. */
  private static String activations(DType type, InputScheme input, RunnableLinear linear) {
    List<String> words = new ArrayList<>();
    words.add(type.label());
    if (!(input instanceof PlainInput)) {
      words.add(input.words());
    }
    linear.rounding().ifPresent(words::add);
    if (words.size() == 1) {
      words.add("as they are");
    }
    return String.join(", ", words);
  }

  private static void add(Map<String, KernelUse> uses, KernelUse use) {
    uses.merge(use.kernel() + "; " + use.form() + "; " + use.activations(), use, KernelUse::and);
  }

  private static LinearPreparer.Prepared prepare(
      LinearPreparer preparer,
      NDManager scope,
      List<StoredWeight> stored,
      List<InputScheme> inputs) {
    return preparer.prepare(scope, stored, Collections.nCopies(stored.size(), null), inputs);
  }
}
