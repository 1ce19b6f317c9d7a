package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.stream.IntStream;

/** Which states of a student are compared with which of a deeper teacher. */
public enum LayerMap {
  /** The last of both. */
  LAST {
    @Override
    IntStream student(int layers) {
      return IntStream.of(layers);
    }

    @Override
    int teacher(int state, int studentLayers, int teacherLayers) {
      return teacherLayers;
    }
  },
  /** The middle of both. */
  MIDDLE {
    @Override
    IntStream student(int layers) {
      return IntStream.of((layers + 1) / 2);
    }

    @Override
    int teacher(int state, int studentLayers, int teacherLayers) {
      return (teacherLayers + 1) / 2;
    }
  },
  /** Every one of the student's layers, and the teacher's that is as far on. */
  UNIFORM {
    @Override
    IntStream student(int layers) {
      return IntStream.rangeClosed(1, layers);
    }

    @Override
    int teacher(int state, int studentLayers, int teacherLayers) {
      return asFar(state, studentLayers, teacherLayers);
    }
  },
  /** The same without the last. */
  SKIP {
    @Override
    IntStream student(int layers) {
      return IntStream.range(1, layers);
    }

    @Override
    int teacher(int state, int studentLayers, int teacherLayers) {
      return asFar(state, studentLayers, teacherLayers);
    }
  },
  /** Every one of the student's but the last, and the teacher's last but one with those before. */
  TOP {
    @Override
    IntStream student(int layers) {
      return IntStream.range(1, layers);
    }

    @Override
    int teacher(int state, int studentLayers, int teacherLayers) {
      return teacherLayers - studentLayers + state;
    }
  };

  /** The student's states, from 0, which is the embedding's. */
  abstract IntStream student(int layers);

  /** The teacher's state to one of the student's. */
  abstract int teacher(int state, int studentLayers, int teacherLayers);

  /**
   * The states by number.
   *
   * @throws BadInputException if the student has too few layers, or more than the teacher
   */
  List<StateMatch> of(int studentLayers, int teacherLayers) {
    if (studentLayers > teacherLayers) {
      throw new BadInputException(
          "layers: found %d in the student and %d in the teacher, expected no more; or lists 'student' and 'teacher' of states"
              .formatted(studentLayers, teacherLayers));
    }
    List<StateMatch> all =
        student(studentLayers)
            .mapToObj(state -> new StateMatch(state, teacher(state, studentLayers, teacherLayers)))
            .toList();
    if (all.isEmpty()) {
      throw new BadInputException(
          "layers: found a student of 1 layer, expected at least 2 where the last is left out");
    }
    return all;
  }

  private static int asFar(int state, int studentLayers, int teacherLayers) {
    return state * teacherLayers / studentLayers;
  }
}
