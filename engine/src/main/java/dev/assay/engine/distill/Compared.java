package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which states of the two models a term compares, and over which tokens.
 *
 * @param layers a rule by which they are found; null for the term's own, or where they are listed
 * @param student those of the student: 0 is the embedding's, i what is behind its i-th layer
 * @param teacher those of the first teacher, one for each
 * @param tokens which tokens count; null for those that the term's authors count
 */
public record Compared(
    @Describe("which states are compared, by rule; left out, that of the term's authors")
        @Nullable LayerMap layers,
    @Describe("states of the student in place of a rule: 0 the embedding's, 1 the first layer's")
        @Nullable List<Integer> student,
    @Describe("those of the teacher, one for each of them") @Nullable List<Integer> teacher,
    @Describe("which tokens count: those with a label, or all but padding")
        @Nullable Tokens tokens) {
  public Compared {
    if (student != null) {
      student = listed("student", student);
      Require.that(
          layers == null, "layers", String.valueOf(layers), "none where states are listed");
    }
    if (teacher != null) {
      teacher = listed("teacher", teacher);
    }
    int its = student == null ? 0 : student.size();
    int others = teacher == null ? 0 : teacher.size();
    Require.that(its == others, "teacher", others + " states", "as many as of the student, " + its);
  }

  private static List<Integer> listed(String key, List<Integer> states) {
    Require.that(
        !states.isEmpty() && states.stream().allMatch(each -> each >= 0),
        key,
        states,
        "states by number, from 0");
    return List.copyOf(states);
  }

  /** By the term's own rule and tokens. */
  static Compared usual() {
    return new Compared(null, null, null, null);
  }

  /**
   * The states by number.
   *
   * @param usual the rule where there is none
   * @throws BadInputException if a model lacks a state
   */
  List<StateMatch> matches(int studentLayers, int teacherLayers, LayerMap usual) {
    if (student == null || teacher == null) {
      return (layers == null ? usual : layers).of(studentLayers, teacherLayers);
    }
    List<StateMatch> all = new ArrayList<>();
    for (int i = 0; i < student.size(); i++) {
      requireState("student", student.get(i), studentLayers);
      requireState("teacher", teacher.get(i), teacherLayers);
      all.add(new StateMatch(student.get(i), teacher.get(i)));
    }
    return all;
  }

  private static void requireState(String key, int state, int layers) {
    if (state > layers) {
      throw new BadInputException(
          "%s: found state %d of a model of %d layers, expected at most %d"
              .formatted(key, state, layers, layers));
    }
  }
}
