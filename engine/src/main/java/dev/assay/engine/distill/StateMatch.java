package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * A state of the student and the one of the teacher that it is compared with; 0 is the embedding's,
 * i what is behind layer i − 1.
 *
 * @param student of the student
 * @param teacher of the teacher
 */
public record StateMatch(int student, int teacher) {
  /** The {@code state_pair.StatePair} of a filter. */
  ModuleNode node(int filter) {
    return node(student, teacher, filter);
  }

  /** The same of the layers that the states are behind. */
  ModuleNode layers() {
    return node(student - 1, teacher - 1, 0);
  }

  private static ModuleNode node(int student, int teacher, int filter) {
    return TermBuild.node("state_pair.StatePair")
        .with("student", student)
        .with("teacher", teacher)
        .with("filter", filter);
  }

  static SortedSet<Integer> numbers(List<StateMatch> all, ToIntFunction<StateMatch> which) {
    SortedSet<Integer> numbers = new TreeSet<>();
    all.forEach(each -> numbers.add(which.applyAsInt(each)));
    return numbers;
  }

  /** What reads these states. */
  static Needs states(List<StateMatch> all) {
    return new Needs(
        Reads.ofStates(numbers(all, StateMatch::student)),
        Reads.ofStates(numbers(all, StateMatch::teacher)));
  }

  /** What reads the scores of the layers that the states are behind. */
  static Needs scores(List<StateMatch> all) {
    return new Needs(
        Reads.ofScores(numbers(all, each -> each.student() - 1)),
        Reads.ofScores(numbers(all, each -> each.teacher() - 1)));
  }
}
