package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a teacher many things, some at a time.
 *
 * @param teacher who is asked
 * @param parallel requests at a time
 */
public record ChatBatch(TextTeacher teacher, int parallel) {
  public ChatBatch {
    Require.between("parallel", parallel, 1, 256);
  }

  /**
   * The answers, in the order of the requests. After a failure no further request is begun, nor any
   * tried again; those under way are waited for, as they are paid for and a cache may keep their
   * answers.
   *
   * @throws RuntimeException the first failure by the order of the requests
   */
  public List<Completion> complete(List<ChatRequest> requests) {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    AtomicBoolean failed = new AtomicBoolean();
    try {
      List<Future<Completion>> coming = new ArrayList<>();
      for (ChatRequest request : requests) {
        coming.add(threads.submit(() -> one(request, failed)));
      }
      return await(coming);
    } catch (InterruptedException e) {
      failed.set(true);
      threads.shutdownNow();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the teacher", e);
    } finally {
      threads.shutdown();
    }
  }

  private Completion one(ChatRequest request, AtomicBoolean failed) {
    try {
      return teacher.complete(request, failed::get);
    } catch (RuntimeException | Error e) {
      failed.set(true);
      throw e;
    }
  }

  private static List<Completion> await(List<Future<Completion>> coming)
      throws InterruptedException {
    List<Completion> answers = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (Future<Completion> each : coming) {
      try {
        answers.add(each.get());
      } catch (ExecutionException e) {
        failures.add(e.getCause() == null ? e : e.getCause());
      }
    }
    for (Throwable failure : failures) {
      if (failure instanceof Error error) {
        throw error;
      } else if (failure instanceof RuntimeException e && !(e instanceof CancellationException)) {
        throw e;
      }
    }
    return List.copyOf(answers);
  }
}
