package dev.assay.engine.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record component is when its YAML key is left out, written as YAML. A component without
 * this annotation is required, unless it is nullable.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** The value as YAML in flow style, for example {@code 128}, {@code random} or {@code []}. */
  String value();
}
