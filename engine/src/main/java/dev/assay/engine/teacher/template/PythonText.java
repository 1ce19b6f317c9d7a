package dev.assay.engine.teacher.template;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value as Python writes it out: {@code True} and {@code False}. Lists and mappings, which it
 * writes in a form of its own, are an error.
 */
final class PythonText implements Filter {
  /** What templates call it. */
  static final String NAME = "python_text";

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public @Nullable Object filter(
      @Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    } else if (value instanceof Collection || value instanceof Map) {
      throw new TemplateFunctions.TemplateException("found a list or mapping written out");
    }
    return value;
  }
}
