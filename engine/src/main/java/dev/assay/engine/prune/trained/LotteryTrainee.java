package dev.assay.engine.prune.trained;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.finetune.OwnValues;
import dev.assay.engine.finetune.Runs;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.finetune.Training;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.Ticket;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.train.TrainingPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A model that is trained in rounds, each without some weights of the one before. */
final class LotteryTrainee implements Trainee {
  private final Desk desk;
  private final LotteryParameters parameters;
  private final Set<String> pruned;

  LotteryTrainee(Desk desk, LotteryParameters parameters) {
    this.desk = desk;
    this.parameters = parameters;
    this.pruned = SelectedWeights.names(desk.model().spec(), desk.context().selection());
  }

  @Override
  public LinearForm form(LinearForm plain) {
    return plain;
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    return OwnValues.learned(desk, student, value -> true);
  }

  @Override
  public int steps(Training training) {
    return parameters.steps();
  }

  @Override
  public TrainingLog train(List<Learned> learned, Runs runs) {
    RoundSaves saves = new RoundSaves(desk.context().torch(), runs.saves());
    Rewind rewind = new Rewind(parameters.rewindTo(), learned, saves);
    NDManager held = desk.owner().newSubManager();
    RoundSaves.Saved saved = saves.last(held, names(learned));
    Ticket ticket = saved == null ? first(held, learned) : saved.ticket();
    TrainingLog log = saved == null ? null : saved.log();
    for (int round = saved == null ? 0 : saved.rounds(); round <= parameters.rounds(); round++) {
      TrainingLog own = train(round, masked(learned, ticket), rewind, ticket, runs, saves);
      log = log == null ? own : log.then(own);
      if (round < parameters.rounds()) {
        NDManager next = desk.owner().newSubManager();
        ticket =
            ticket.without(
                next,
                weights(next, learned),
                parameters.share(),
                parameters.within() == Within.MODEL);
        held.close();
        held = next;
        saves.save(round + 1, ticket, log);
      }
    }
    return Objects.requireNonNull(log, "log");
  }

  private TrainingLog train(
      int round, List<Learned> learned, Rewind rewind, Ticket ticket, Runs runs, RoundSaves saves) {
    TrainingPlan plan = round == 0 ? runs.plan() : runs.plan().from(parameters.rewindTo());
    try (NDManager scope = desk.owner().newSubManager()) {
      Map<String, NDArray> begin = round == 0 ? Map.of() : rewind.values(scope, ticket);
      return runs.train(
          new Runs.Run(
              learned,
              begin,
              plan,
              saves.directory(round),
              parameters.before(round),
              made -> {
                if (round == 0) {
                  rewind.made(made);
                }
              }));
    }
  }

  /** All weights that are to be pruned, but those that are 0 and stay so. */
  private Ticket first(NDManager owner, List<Learned> learned) {
    Map<String, NDArray> masks = new LinkedHashMap<>();
    try (NDManager scope = owner.newSubManager()) {
      Ticket whole = Ticket.whole(scope, weights(scope, learned));
      for (Learned each : learned) {
        NDArray all = whole.masks().get(each.name());
        if (all != null) {
          NDArray present = each.mask();
          masks.put(each.name(), Leaves.copy(owner, present == null ? all : present));
        }
      }
    }
    return new Ticket(masks);
  }

  private List<String> names(List<Learned> learned) {
    return learned.stream().map(Learned::name).filter(pruned::contains).toList();
  }

  /** The weights as they are. */
  private Map<String, NDArray> weights(NDManager scope, List<Learned> learned) {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    learned.stream()
        .filter(each -> pruned.contains(each.name()))
        .forEach(each -> weights.put(each.name(), Leaves.detached(scope, each.tensor())));
    return weights;
  }

  /** The same, of which what has gone does not move. */
  private static List<Learned> masked(List<Learned> learned, Ticket ticket) {
    return learned.stream()
        .map(
            each -> {
              NDArray left = ticket.masks().get(each.name());
              return left == null
                  ? each
                  : new Learned(each.name(), each.tensor(), each.rateFactor(), each.decays(), left);
            })
        .toList();
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    return new TrainedStore(desk.model(), desk.context())
        .put(OwnValues.values(student, learned), note);
  }

  /** What rounds begin with: all that is learned as it was behind so many steps of the first. */
  private final class Rewind {
    private final int step;
    private final List<Learned> learned;
    private final RoundSaves saves;
    private Map<String, NDArray> values = Map.of();

    Rewind(int step, List<Learned> learned, RoundSaves saves) {
      this.step = step;
      this.learned = learned;
      this.saves = saves;
      made(0);
    }

    void made(int steps) {
      if (steps == step) {
        Map<String, NDArray> copies = new LinkedHashMap<>();
        try (NDManager scope = desk.owner().newSubManager()) {
          learned.forEach(
              each ->
                  copies.put(
                      each.name(),
                      Leaves.copy(desk.owner(), Leaves.detached(scope, each.tensor()))));
        }
        values = copies;
        if (step > 0) {
          saves.keep(values);
        }
      }
    }

    /** Without what has gone. */
    Map<String, NDArray> values(NDManager scope, Ticket ticket) {
      if (values.isEmpty()) {
        // The run that made the step was interrupted.
        values = saves.kept(desk.owner(), learned.stream().map(Learned::name).toList());
      }
      Map<String, NDArray> begin = new LinkedHashMap<>();
      values.forEach(
          (name, value) -> {
            NDArray mask = ticket.masks().get(name);
            begin.put(name, mask == null ? value : left(scope, value, mask));
          });
      return begin;
    }
  }

  private static NDArray left(NDManager scope, NDArray value, NDArray mask) {
    NDArray product = value.mul(mask);
    product.attach(scope);
    // Of a negative weight 0 would be negative too.
    NDArray left = product.add(0);
    left.attach(scope);
    return left;
  }
}
