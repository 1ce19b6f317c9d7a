package dev.assay.engine.teacher.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.assay.engine.config.BadInputException;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;

/** The Jinja library, set so that it renders as Python's does. */
final class TemplateEngine {
  private final Jinjava jinja = new Jinjava(config());

  TemplateEngine() {
    jinja.getGlobalContext().registerFilter(new PythonText());
    jinja.getGlobalContext().registerFilter(new PythonTrim());
    jinja
        .getGlobalContext()
        .registerFunction(
            new ELFunctionDefinition(
                "", "raise_exception", TemplateFunctions.class, "raise", String.class));
    jinja
        .getGlobalContext()
        .registerFunction(
            new ELFunctionDefinition(
                "", "strftime_now", TemplateFunctions.class, "day", String.class));
  }

  private static JinjavaConfig config() {
    CompositeELResolver resolver = new CompositeELResolver();
    resolver.add(new PythonStrings());
    resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    return JinjavaConfig.newBuilder()
        // Else what stands in a message would be run as a template itself.
        .withNestedInterpretationEnabled(false)
        .withElResolver(resolver)
        .withLegacyOverrides(
            LegacyOverrides.newBuilder()
                .withUseNaturalOperatorPrecedence(true)
                .withKeepNullableLoopValues(true)
                .build())
        .build();
  }

  /**
   * Fails where a template has a filter or test that the library lacks: it would pass over it.
   *
   * @param where what messages call the template
   */
  void requireKnown(String where, TemplateSource.Prepared template) {
    Context known = jinja.getGlobalContext();
    for (String filter : template.filters()) {
      require(known.getFilter(filter) != null, where, "filter '" + filter + "'");
    }
    for (String test : template.tests()) {
      require(known.getExpTest(test) != null, where, "test '" + test + "'");
    }
  }

  private static void require(boolean known, String where, String what) {
    if (!known) {
      throw new BadInputException(
          where + ": cannot be rendered: found " + what + ", which is not known here");
    }
  }

  /**
   * Renders a prepared template.
   *
   * @param where what messages call it
   * @throws BadInputException if anything in it went wrong: half a conversation is none
   */
  String render(String where, String template, Map<String, ?> bindings) {
    RenderResult result = jinja.renderForResult(template, bindings);
    for (TemplateError error : result.getErrors()) {
      for (Throwable each = error.getException(); each != null; each = each.getCause()) {
        if (each instanceof TemplateFunctions.TemplateException own) {
          throw new BadInputException(
              where + ": does not take a conversation: " + own.getMessage());
        }
      }
    }
    if (!result.getErrors().isEmpty()) {
      TemplateError error = result.getErrors().get(0);
      throw new BadInputException(
          where
              + ": cannot be rendered: "
              + String.valueOf(error.getMessage()).replaceAll("\\s+", " "));
    }
    return result.getOutput();
  }
}
