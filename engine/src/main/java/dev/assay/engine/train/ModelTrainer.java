package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.run.NextTokens;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Moves a model against the gradients of a loss, step by step. A batch is one call into libtorch:
 * the teachers, the student, the loss and its gradients; a step is another. Holds native memory
 * until it is closed.
 *
 * <p>The same model, terms, optimizer and batches give the same values to the last bit on a CPU.
 */
public final class ModelTrainer implements AutoCloseable {
  private static final String ROOT = "student";

  private final NDManager manager;
  private final ScriptModule script;
  private final List<Learned> learned;
  private final double decay;

  /**
   * A parameter that is learned.
   *
   * @param name full name of its tensor
   * @param tensor float32, the very one that the model holds
   * @param rateFactor times the rate of the step
   * @param decays whether decay of weights is of it
   * @param mask 1 where it may move, of its shape; null where it may everywhere
   */
  public record Learned(
      String name, NDArray tensor, double rateFactor, boolean decays, @Nullable NDArray mask) {
    /** One that moves everywhere. */
    public Learned(String name, NDArray tensor, boolean decays) {
      this(name, tensor, 1, decays, null);
    }
  }

  /**
   * @param student whose values are learned; they have to outlive this
   * @param teachers that it may learn from
   * @param terms of the loss, each a {@code term.Term}
   * @param learned some of the student's values, or of the terms'
   * @param vocabulary first logits that terms are shown, of student and teachers, where some of
   *     them have more rows than there are tokens; 0 for all
   * @param recomputes whether layers are computed again in the backward pass, in place of being
   *     remembered
   */
  public ModelTrainer(
      TorchSession torch,
      TrainableModel student,
      List<TrainableModel> teachers,
      List<ModuleNode> terms,
      List<Learned> learned,
      Optimizer optimizer,
      long vocabulary,
      boolean recomputes) {
    if (learned.isEmpty() || terms.isEmpty()) {
      throw new IllegalArgumentException(
          "found %d parameters and %d terms, expected at least one of each"
              .formatted(learned.size(), terms.size()));
    }
    this.learned = List.copyOf(learned);
    this.decay = optimizer.weightDecay();
    this.manager = torch.manager().newSubManager();
    try {
      ModuleNode root =
          new ModuleNode(ScriptClass.of(ModelTrainer.class, "model_training.ModelTraining"))
              .with(ROOT, student.root())
              .with("teachers", teachers.stream().map(TrainableModel::root).toList())
              .with("terms", terms)
              .with("labelled", CrossEntropy.plain().node())
              .with("optimizer", optimizer.module())
              .with("vocabulary", vocabulary)
              .with("recomputes", recomputes)
              .with("parameters", new Attribute.NoTensors())
              .with("masks", new Attribute.NoTensors())
              .with("gradients", new Attribute.NoTensors());
      this.script = ScriptModule.load(manager, root.object());
      script.load(root.tensors());
      watch();
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** One whose terms are shown all logits. */
  public ModelTrainer(
      TorchSession torch,
      TrainableModel student,
      List<TrainableModel> teachers,
      List<ModuleNode> terms,
      List<Learned> learned,
      Optimizer optimizer,
      boolean recomputes) {
    this(torch, student, teachers, terms, learned, optimizer, 0, recomputes);
  }

  private void watch() {
    learned.forEach(each -> each.tensor().setRequiresGradient(true));
    NDArray everywhere = manager.create(new Shape(0));
    script.run(
        "watch",
        learned.stream().map(Learned::tensor).toList(),
        learned.stream().map(each -> each.mask() == null ? everywhere : each.mask()).toList());
  }

  /** What is learned. */
  public List<Learned> learned() {
    return learned;
  }

  /**
   * Adds the gradients of a batch to those of the step at hand.
   *
   * @param whole counts of all batches of the step
   * @return the terms of the loss of this batch; those of a step are the sums over its batches
   */
  public double[] accumulate(TrainingBatch batch, BatchCounts whole) {
    try (NDManager scope = manager.newSubManager()) {
      return script
          .callWithAutograd(scope, "accumulate", tensors(scope, batch), counts(scope, whole))
          .get(0)
          .toDoubleArray();
    }
  }

  /**
   * What is found of a batch without gradients.
   *
   * @param terms of the loss
   * @param labels part that the batch has of the mean of −log p of all labels, in nats
   */
  public record Found(List<Double> terms, double labels) {
    public Found {
      terms = List.copyOf(terms);
    }
  }

  /** Looks at a batch without gradients. */
  public Found look(TrainingBatch batch, BatchCounts whole) {
    try (NDManager scope = manager.newSubManager()) {
      double[] all =
          script
              .callWithAutograd(scope, "evaluate", tensors(scope, batch), counts(scope, whole))
              .get(0)
              .toDoubleArray();
      int terms = all.length - 1;
      return new Found(Arrays.stream(all, 0, terms).boxed().toList(), all[terms]);
    }
  }

  /** What the student makes of a batch, float32 [sequences, tokens, vocabulary]. */
  public NDArray logits(NDManager owner, TrainingBatch batch) {
    try (NDManager scope = manager.newSubManager()) {
      return script.callWithAutograd(owner, "logits", tensors(scope, batch)).get(0);
    }
  }

  /**
   * What the student thinks of the labels of a batch now.
   *
   * @param temperature that logits are divided by
   * @return their log-probabilities, [sequences][tokens]; 0 where there is none
   */
  public float[][] labelLogs(TrainingBatch batch, double temperature) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray found =
          script
              .callWithAutograd(
                  scope, "written", tensors(scope, batch), scope.create(new double[] {temperature}))
              .get(0);
      float[] flat = found.toFloatArray();
      int tokens = flat.length / batch.ids().length;
      float[][] logs = new float[batch.ids().length][];
      for (int row = 0; row < logs.length; row++) {
        logs[row] = Arrays.copyOfRange(flat, row * tokens, (row + 1) * tokens);
      }
      return logs;
    }
  }

  /**
   * Student and teachers as they are now, as what texts are written by. Nothing of it has
   * gradients.
   *
   * @param teacherShare of the first teacher's probabilities in what is drawn from; the student has
   *     the others
   * @param temperature that logits are divided by
   */
  public NextTokens.Source writing(double teacherShare, double temperature) {
    if (teacherShare < 0 || teacherShare > 1 || temperature <= 0) {
      throw new IllegalArgumentException(
          "found a teacher's share of %s at a temperature of %s, expected 0 to 1, above 0"
              .formatted(teacherShare, temperature));
    }
    return (texts, capacity) ->
        new WrittenTokens(script, manager, texts, capacity, teacherShare, temperature);
  }

  /** The norm of all gradients of the step at hand together, masked weights left out. */
  public double norm() {
    return script.callForDouble("norm");
  }

  /** The first parameter whose gradient is not finite; null if all are. */
  public @Nullable String firstNotFinite() {
    long index = script.callForLong("first_bad");
    return index < 0 ? null : learned.get(Math.toIntExact(index)).name();
  }

  /**
   * Moves the parameters, and forgets the gradients.
   *
   * @param rate of the step
   * @param norm that the gradients have together
   * @param most norm to which they are scaled down; infinite for none
   */
  public void move(double rate, double norm, double most) {
    try (NDManager scope = manager.newSubManager()) {
      double[] rates =
          learned.stream()
              .flatMapToDouble(
                  each -> DoubleStream.of(rate * each.rateFactor(), each.decays() ? decay : 0))
              .toArray();
      script.callWithAutograd(
          scope,
          "move",
          scope.create(rates, new Shape(learned.size(), 2)),
          scope.create(new double[] {norm, most}));
    }
  }

  /** The gradients of the step at hand by parameter; those that have none left out. */
  public Map<String, NDArray> gradients(NDManager owner) {
    List<NDArray> found = gathered(owner);
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).size() > 0) {
        gradients.put(learned.get(i).name(), found.get(i));
      }
    }
    return gradients;
  }

  /** What the optimizer remembers; nothing before the first step. */
  public List<NDArray> memory(NDManager owner) {
    return script.callForList(owner, "memory");
  }

  /** Gives the optimizer what another of its kind remembered. */
  public void remember(List<NDArray> memory) {
    if (!memory.isEmpty()) {
      try (NDManager scope = manager.newSubManager()) {
        script.callWithAutograd(scope, "remember", memory);
      }
    }
  }

  /**
   * The gradients of the step at hand in the order of the parameters, empty where there are none.
   */
  public List<NDArray> gathered(NDManager owner) {
    return script.callForList(owner, "gathered");
  }

  /**
   * Gives a parameter other values.
   *
   * @throws IllegalArgumentException if none of that name is learned
   */
  public void put(String name, NDArray values) {
    NDArray tensor =
        learned.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("found no '" + name + "'"))
            .tensor();
    script.run("put", tensor, values);
  }

  /** Forgets the gradients of the step at hand. */
  public void forget() {
    script.run("forget");
  }

  private static NDArray counts(NDManager scope, BatchCounts counts) {
    return scope.create(counts.values());
  }

  static List<NDArray> tensors(NDManager scope, TrainingBatch batch) {
    List<NDArray> tensors = new ArrayList<>();
    TrainingBatch.Source source = batch.source();
    TopTokens tops = batch.tops();
    tensors.add(ids(scope, batch.ids()));
    tensors.add(ids(scope, batch.mask()));
    tensors.add(ids(scope, batch.labels()));
    tensors.add(ids(scope, batch.types()));
    tensors.add(ids(scope, source == null ? null : source.ids()));
    tensors.add(ids(scope, source == null ? null : source.mask()));
    tensors.add(numbers(scope, batch.written()));
    tensors.add(scope.create(new long[] {batch.use().code()}));
    tensors.add(numbers(scope, batch.shares()));
    if (tops != null) {
      tensors.addAll(tops.tensors(scope));
      return tensors;
    }
    for (TrainingBatch own : batch.taught()) {
      tensors.add(ids(scope, own == null ? null : own.ids()));
      tensors.add(ids(scope, own == null ? null : own.mask()));
      tensors.add(ids(scope, own == null ? null : own.labels()));
    }
    return tensors;
  }

  private static NDArray numbers(NDManager scope, float @Nullable [][] values) {
    return values == null ? scope.create(new Shape(0)) : scope.create(values);
  }

  static NDArray ids(NDManager scope, long @Nullable [][] values) {
    if (values == null) {
      return scope.create(new Shape(0), ai.djl.ndarray.types.DataType.INT64);
    }
    long[] flat = new long[values.length * values[0].length];
    for (int row = 0; row < values.length; row++) {
      System.arraycopy(values[row], 0, flat, row * values[0].length, values[0].length);
    }
    return scope.create(flat, new Shape(values.length, values[0].length));
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
