package dev.assay.engine.train;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.distill.LossTerm;
import dev.assay.engine.distill.ModelSizes;
import dev.assay.engine.distill.Needs;
import dev.assay.engine.distill.Reads;
import dev.assay.engine.distill.Ted;
import dev.assay.engine.distill.TermBuild;
import dev.assay.engine.distill.TermModule;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The terms of a loss as modules, with what they learn themselves.
 *
 * @param modules a {@code term.Weighted} each
 * @param learned tensors of their own, projections between widths for one
 */
public record TrainingLoss(List<ModuleNode> modules, List<ModelTrainer.Learned> learned) {
  public TrainingLoss {
    modules = List.copyOf(modules);
    learned = List.copyOf(learned);
  }

  /** Of models with as many rows of logits as they have tokens. */
  public static TrainingLoss of(
      NDManager owner,
      List<WeightedTerm> terms,
      ModelSpec student,
      List<ModelSpec> teachers,
      long seed) {
    return of(owner, terms, student, teachers, 0, seed);
  }

  /**
   * Builds them.
   *
   * @param owner of their tensors
   * @param vocabulary first logits that they are shown; 0 for all
   * @param seed of what they begin with
   * @throws dev.assay.engine.config.BadInputException if the models cannot be compared so
   */
  public static TrainingLoss of(
      NDManager owner,
      List<WeightedTerm> terms,
      ModelSpec student,
      List<ModelSpec> teachers,
      long vocabulary,
      long seed) {
    TermBuild build =
        new TermBuild(
            owner,
            TermSizes.shown(student, vocabulary),
            teachers.stream().map(each -> TermSizes.shown(each, vocabulary)).toList(),
            seed);
    List<ModuleNode> modules = new ArrayList<>();
    List<ModelTrainer.Learned> learned = new ArrayList<>();
    for (WeightedTerm term : terms) {
      String name = "terms." + modules.size() + ".";
      TermModule module = term.term().module(build);
      Leaves.own(owner, module.node());
      for (String each : module.learned()) {
        learned.add(
            new ModelTrainer.Learned(
                name + each,
                Objects.requireNonNull(module.node().tensors().get(each), each),
                !each.endsWith("bias")));
      }
      modules.add(
          new ModuleNode(ScriptClass.of(LossTerm.class, "term.Weighted"))
              .with("term", module.node())
              .with("weight", term.weight()));
    }
    return new TrainingLoss(modules, learned);
  }

  /**
   * Makes sure that a term can compare models.
   *
   * @param vocabulary first logits that it is shown; 0 for all
   * @throws dev.assay.engine.config.BadInputException if it cannot
   */
  public static void requireFit(
      WeightedTerm term, ModelSpec student, List<ModelSpec> teachers, long vocabulary) {
    term.term()
        .requireFit(
            TermSizes.shown(student, vocabulary),
            teachers.stream().map(each -> TermSizes.shown(each, vocabulary)).toList());
  }

  /**
   * What filters of student or teacher are trained by before the loss reads them, that model being
   * alone.
   *
   * @param ofTeacher whether the teacher's are
   */
  public static WeightedTerm filterTask(
      Ted term, ModelSpec student, ModelSpec teacher, boolean ofTeacher) {
    return new WeightedTerm(1, term.task(TermSizes.of(student), TermSizes.of(teacher), ofTeacher));
  }

  /** What terms read of the student. */
  public static Asked ofStudent(
      List<WeightedTerm> terms, ModelSpec student, List<ModelSpec> teachers) {
    return asked(needs(terms, student, teachers).student());
  }

  /** What they read of a teacher: of states and the like, of the first alone. */
  public static Asked ofTeacher(
      List<WeightedTerm> terms, ModelSpec student, List<ModelSpec> teachers, int index) {
    return index == 0 ? asked(needs(terms, student, teachers).teacher()) : Asked.NOTHING;
  }

  private static Needs needs(
      List<WeightedTerm> terms, ModelSpec student, List<ModelSpec> teachers) {
    ModelSizes own = TermSizes.of(student);
    int deep = teachers.isEmpty() ? own.layers() : TermSizes.of(teachers.get(0)).layers();
    return terms.stream()
        .map(term -> term.term().needs(own.layers(), deep))
        .reduce(Needs.NONE, Needs::and);
  }

  private static Asked asked(Reads reads) {
    Set<Integer> layers = new HashSet<>(reads.scores());
    layers.addAll(reads.queries());
    layers.addAll(reads.keys());
    layers.addAll(reads.values());
    return new Asked(reads.states(), layers);
  }
}
