package dev.assay.harness.hardware;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a probe found: a value, or the reason why there is none. Never a stand-in such as 0.
 *
 * @param <T> what is read
 */
public sealed interface Reading<T> {
  /**
   * @param value what was found
   */
  record Available<T>(T value) implements Reading<T> {}

  /**
   * @param reason why nothing was found, in words for a reader of the report
   */
  record Unavailable<T>(String reason) implements Reading<T> {
    public Unavailable {
      if (reason.isBlank()) {
        throw new IllegalArgumentException("an unavailable reading needs a reason");
      }
    }
  }

  static <T> Reading<T> of(T value) {
    return new Available<>(value);
  }

  static <T> Reading<T> unavailable(String reason) {
    return new Unavailable<>(reason);
  }

  /** The value; null if there is none. */
  default @Nullable T orNull() {
    return this instanceof Available<T> available ? available.value() : null;
  }

  /** The reason why there is no value; null if there is one. */
  default @Nullable String reasonOrNull() {
    return this instanceof Unavailable<T> unavailable ? unavailable.reason() : null;
  }

  /** What {@code next} makes of the value; the same reason if there is none. */
  default <R> Reading<R> flatMap(Function<? super T, Reading<R>> next) {
    if (this instanceof Available<T> available) {
      return next.apply(available.value());
    }
    return new Unavailable<>(((Unavailable<T>) this).reason());
  }
}
