package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.run.NextTokens;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptValue;

/** What comes next by a student, its teacher or both, each with a cache of its own. */
final class WrittenTokens implements NextTokens {
  private static final int STUDENT = -1;
  private static final int FIRST = 0;

  private final ScriptModule script;
  private final double teacherShare;
  private final double temperature;
  private final int capacity;
  private final ScriptValue own;
  private final ScriptValue taught;
  private int length;

  /**
   * @param script a {@code model_training.ModelTraining}
   * @param texts beside each other
   * @param capacity tokens of the longest
   */
  WrittenTokens(
      ScriptModule script,
      NDManager manager,
      int texts,
      int capacity,
      double teacherShare,
      double temperature) {
    this.script = script;
    this.teacherShare = teacherShare;
    this.temperature = temperature;
    this.capacity = capacity;
    try (NDManager scope = manager.newSubManager()) {
      NDArray first = ModelTrainer.ids(scope, new long[texts][1]);
      this.own = caches(STUDENT, first, teacherShare < 1);
      this.taught = caches(FIRST, first, teacherShare > 0);
    }
  }

  /** Those of who is not asked hold nothing. */
  private ScriptValue caches(int model, NDArray first, boolean asked) {
    return script.callForValue("caches", asked ? model : STUDENT, first, asked ? capacity : 0);
  }

  @Override
  public NDArray behind(NDManager owner, long[][] ids) {
    int more = ids[0].length;
    if (length + more > capacity) {
      throw new IllegalStateException(
          "%d + %d tokens exceed the capacity of %d".formatted(length, more, capacity));
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray next =
          script.call(
              owner,
              "next",
              ModelTrainer.ids(scope, ids),
              length,
              own,
              taught,
              teacherShare,
              temperature);
      length += more;
      return next;
    }
  }

  @Override
  public void close() {
    own.close();
    taught.close();
  }
}
