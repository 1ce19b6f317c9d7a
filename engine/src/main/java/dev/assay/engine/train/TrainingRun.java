package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model by a plan. What is learned from comes in an order that its seed alone settles. A
 * run that was interrupted goes on from its last save, and then gives what it would have given, to
 * the last bit on a CPU.
 */
public final class TrainingRun {
  private static final double NANOS_PER_SECOND = 1e9;

  private final TorchSession torch;
  private final ModelTrainer trainer;
  private final TrainingPlan plan;
  private final List<String> terms;
  private final StepBatches batches;
  private final @Nullable TrainingData held;
  private final @Nullable TrainingSaves saves;
  private final Listener listener;
  private final List<TrainingLog.Step> steps = new ArrayList<>();
  private final List<TrainingLog.Look> looks = new ArrayList<>();
  private long tokens;
  private long written;
  private double seconds;
  private @Nullable Integer best;

  /** Hears how far training is. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A step is made.
     *
     * @param finished steps so far
     * @param step the last
     * @param tokensPerSecond so far
     */
    void step(int finished, TrainingLog.Step step, double tokensPerSecond);

    /**
     * A step is about to be made, or what came of it looked at: what depends on the step is to be
     * made ready.
     *
     * @param step from 0
     */
    default void ready(int step) {}
  }

  /**
   * @param terms names of the terms of the loss
   * @param batches what is learned from
   * @param held what is looked at beside it; null for nothing
   * @param saves where saves go; null for none
   */
  public TrainingRun(
      TorchSession torch,
      ModelTrainer trainer,
      TrainingPlan plan,
      List<String> terms,
      StepBatches batches,
      @Nullable TrainingData held,
      @Nullable TrainingSaves saves,
      Listener listener) {
    this.torch = torch;
    this.trainer = trainer;
    this.plan = plan;
    this.terms = List.copyOf(terms);
    this.batches = batches;
    this.held = held;
    this.saves = saves;
    this.listener = listener;
    if (plan.patience() > 0 && (held == null || saves == null || plan.evaluateEvery() == 0)) {
      throw new IllegalArgumentException(
          "patience: found %d looks, expected 0 where nothing is looked at on the way, or kept"
              .formatted(plan.patience()));
    }
  }

  /**
   * Trains to the end.
   *
   * @throws NotFiniteException if the loss or a gradient is not finite
   */
  public TrainingLog run() {
    resume();
    boolean due = false;
    while (made() < plan.steps() && !isPastPatience()) {
      step();
      boolean last = made() == plan.steps();
      if (plan.evaluateEvery() > 0 && steps.size() % plan.evaluateEvery() == 0 || last) {
        look();
      }
      due |= plan.saveEvery() > 0 && steps.size() % plan.saveEvery() == 0;
      if (saves != null && due && batches.beginsWith(made()) && !last) {
        save(saves);
        due = false;
      }
    }
    if (best != null && best != steps.size()) {
      takeBest(best);
    }
    return log();
  }

  /** Steps that are made, those before the plan's first too. */
  private int made() {
    return plan.from() + steps.size();
  }

  private TrainingLog log() {
    return new TrainingLog(terms, steps, looks, best, tokens, written, seconds);
  }

  private void step() {
    long start = System.nanoTime();
    int number = made();
    listener.ready(number);
    StepBatches.Given given = batches.of(number);
    // Means of samples are over samples, and those of a text beside them over it.
    Map<BatchUse, BatchCounts> whole = new EnumMap<>(BatchUse.class);
    for (TrainingBatch batch : given.batches()) {
      whole.merge(batch.use(), batch.counts(), BatchCounts::plus);
    }
    written += given.written();
    double[] sums = new double[terms.size()];
    for (TrainingBatch batch : given.batches()) {
      add(sums, trainer.accumulate(batch, whole.getOrDefault(batch.use(), BatchCounts.NONE)));
      tokens += batch.tokens();
    }
    requireFinite(number + 1, "", sums);
    double norm = trainer.norm();
    if (!Double.isFinite(norm)) {
      String name = trainer.firstNotFinite();
      throw new NotFiniteException(
          number + 1,
          name == null
              ? "a norm of gradients of " + norm
              : "a gradient that is not finite in " + name);
    }
    double rate = plan.learningRate() * plan.schedule().factor(number);
    trainer.move(rate, norm, plan.clipNorm());
    seconds += (System.nanoTime() - start) / NANOS_PER_SECOND;
    TrainingLog.Step step = new TrainingLog.Step(Arrays.stream(sums).sum(), list(sums), norm, rate);
    steps.add(step);
    listener.step(steps.size(), step, seconds > 0 ? tokens / seconds : 0);
  }

  private void requireFinite(int step, String where, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      if (!Double.isFinite(sums[i])) {
        String name = trainer.firstNotFinite();
        throw new NotFiniteException(
            step,
            "a loss%s of %s in the term %s%s"
                .formatted(
                    where,
                    sums[i],
                    terms.get(i),
                    name == null ? "" : ", and first of all gradients that of " + name));
      }
    }
  }

  private static void add(double[] sums, double[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private void look() {
    if (held == null) {
      return;
    }
    listener.ready(made() - 1);
    BatchCounts whole = BatchCounts.NONE;
    for (int[] which : heldBatches(held)) {
      whole = whole.plus(held.batch(which).counts());
    }
    double[] sums = new double[terms.size()];
    double labels = 0;
    for (int[] which : heldBatches(held)) {
      ModelTrainer.Found found = trainer.look(held.batch(which), whole);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += found.terms().get(i);
      }
      labels += found.labels();
    }
    requireFinite(made(), " of what is held out", sums);
    double loss = Arrays.stream(sums).sum();
    boolean better = looks.stream().allMatch(look -> loss < look.loss());
    looks.add(
        new TrainingLog.Look(
            steps.size(),
            loss,
            list(sums),
            whole.scored() > 0 && Double.isFinite(labels) ? labels : null));
    if (better && plan.patience() > 0) {
      best = steps.size();
      if (saves != null) {
        saves.best(torch, steps.size(), parameters());
      }
    }
  }

  private List<int[]> heldBatches(TrainingData given) {
    List<int[]> batches = new ArrayList<>();
    for (int at = 0; at < given.size(); at += plan.batch()) {
      batches.add(IntStream.range(at, Math.min(given.size(), at + plan.batch())).toArray());
    }
    return batches;
  }

  private boolean isPastPatience() {
    Integer found = best;
    if (plan.patience() == 0 || found == null) {
      return false;
    }
    long since = looks.stream().filter(look -> look.steps() > found).count();
    return since >= plan.patience();
  }

  private Map<String, NDArray> parameters() {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    trainer.learned().forEach(each -> parameters.put(each.name(), each.tensor()));
    return parameters;
  }

  private void save(TrainingSaves where) {
    try (NDManager scope = torch.manager().newSubManager()) {
      where.save(torch, plan, log(), parameters(), trainer.memory(scope));
    }
  }

  private void takeBest(int step) {
    if (saves == null) {
      throw new IllegalStateException("found no place that the best parameters were kept in");
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      saves.best(torch, scope, step, parameters().keySet()).forEach(trainer::put);
    }
  }

  private void resume() {
    if (saves == null) {
      return;
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      TrainingSaves.Saved saved = saves.last(torch, scope, plan, parameters().keySet());
      if (saved != null) {
        saved.parameters().forEach(trainer::put);
        trainer.remember(saved.memory());
        steps.addAll(saved.log().steps());
        looks.addAll(saved.log().looks());
        best = saved.log().bestStep();
        tokens = saved.log().tokens();
        written = saved.log().written();
        seconds = saved.log().seconds();
      }
    }
  }
}
