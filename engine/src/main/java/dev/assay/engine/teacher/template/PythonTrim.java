package dev.assay.engine.teacher.template;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import org.jspecify.annotations.Nullable;

/** The filter {@code trim} as Python's Jinja has it, without characters of the caller's. */
final class PythonTrim implements Filter {
  @Override
  public String getName() {
    return "trim";
  }

  @Override
  public @Nullable Object filter(
      @Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
    if (arguments.length > 0) {
      throw new TemplateFunctions.TemplateException("found the filter trim with an argument");
    }
    return value == null ? "" : PythonSpace.strip(value.toString());
  }
}
