package dev.assay.engine.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The {@link ScalarForm} factory of a class. */
public record ScalarFactory(Method method, ScalarForm form) {
  /** The factory of a type, if it has one. */
  public static Optional<ScalarFactory> of(Type type) {
    return type instanceof Class<?> raw
        ? Arrays.stream(raw.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(ScalarForm.class))
            .map(method -> new ScalarFactory(method, method.getAnnotation(ScalarForm.class)))
            .findFirst()
        : Optional.empty();
  }

  /** What is accepted, in words. */
  public String expected() {
    return form.expected();
  }

  /** Whether a JSON type such as {@code number} is accepted. */
  public boolean accepts(String jsonType) {
    return List.of(form.types()).contains(jsonType);
  }

  /** Whether a string is accepted; one in quotes that looks like a number is none. */
  public boolean acceptsString(String text) {
    return Pattern.compile(form.pattern()).matcher(text).find();
  }

  /**
   * @throws IllegalArgumentException as the factory does
   */
  public Object create(String text) {
    try {
      return method.invoke(null, text);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " is not public", e);
    }
  }
}
