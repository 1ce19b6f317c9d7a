package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the student's states go through before they are compared with wider ones. */
public enum Projection {
  /** Nothing. */
  NONE,
  /** One linear that is learned. */
  SHARED,
  /** One for each state. */
  EACH;

  /** That which is asked for; null for one for each state where widths differ, else none. */
  static Projection of(@Nullable Projection asked, ModelSizes student, ModelSizes teacher) {
    if (asked != null) {
      return asked;
    }
    return student.hidden() == teacher.hidden() ? NONE : EACH;
  }

  /** Filters to the teacher's width. */
  List<ModuleNode> filters(TermBuild build, int pairs) {
    if (this == NONE) {
      return List.of(build.same());
    }
    int in = build.student().hidden();
    int out = build.teacher().hidden();
    return Stream.generate(() -> build.affine(in, out)).limit(this == EACH ? pairs : 1).toList();
  }

  void requireFit(String term, ModelSizes student, ModelSizes teacher) {
    if (this == NONE) {
      Fit.same(term, "width without projection", student.hidden(), teacher.hidden());
    }
  }
}
