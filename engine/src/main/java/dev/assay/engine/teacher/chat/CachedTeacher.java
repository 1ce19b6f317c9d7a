package dev.assay.engine.teacher.chat;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;

/**
 * A teacher that is asked nothing twice. Of threads that ask the same at a time one does so, and
 * the others wait for its answer.
 */
public final class CachedTeacher implements TextTeacher {
  private final URI base;
  private final TextTeacher teacher;
  private final CompletionCache cache;
  private final Ledger ledger;
  private final ConcurrentMap<String, Object> asking = new ConcurrentHashMap<>();

  /**
   * A teacher with a cache in front of it.
   *
   * @param base where it is, as part of what its answers are kept under; any name for a model of
   *     one's own
   * @param teacher asked for what the cache lacks
   * @param ledger hears of every answer
   */
  public CachedTeacher(URI base, TextTeacher teacher, CompletionCache cache, Ledger ledger) {
    this.base = base;
    this.teacher = teacher;
    this.cache = cache;
    this.ledger = ledger;
  }

  @Override
  public Completion complete(ChatRequest request) {
    return complete(request, () -> false);
  }

  @Override
  public Completion complete(ChatRequest request, BooleanSupplier unwanted) {
    String key = CompletionCache.key(base, request);
    Object lock = asking.computeIfAbsent(key, unused -> new Object());
    synchronized (lock) {
      Optional<Completion> kept = cache.find(base, request);
      if (kept.isPresent()) {
        ledger.found();
        return kept.get();
      }
      Completion completion = teacher.complete(request, unwanted).map(WholeFile::wellFormed);
      ledger.asked(completion);
      cache.keep(base, request, completion);
      return completion;
    }
  }
}
