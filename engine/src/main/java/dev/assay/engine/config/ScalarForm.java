package dev.assay.engine.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the static factory, of one string, that makes a value of its class from a YAML scalar: the
 * only form of types such as sparsity ({@code 2:4}), a short form of records. The factory throws
 * {@link IllegalArgumentException} for text that it does not accept, with what it expected as
 * message. {@code toString} of the value gives the text back.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ScalarForm {
  /** What is accepted, in words: "a ratio such as 0.5". */
  String expected();

  /** JSON types accepted. */
  String[] types() default {"string"};

  /** Regular expression that accepted strings match. */
  String pattern() default ".+";
}
