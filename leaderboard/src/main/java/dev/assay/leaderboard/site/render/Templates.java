package dev.assay.leaderboard.site.render;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;

/** Fills the site's templates; every value is HTML-escaped. */
public final class Templates {
  private static final String FOLDER = "/dev/assay/leaderboard/site/templates";

  private final Configuration configuration;

  /** The templates from the class path. */
  public Templates() {
    configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(Templates.class, FOLDER);
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setWrapUncheckedExceptions(true);
    configuration.setFallbackOnNullLoopVariable(false);
    configuration.setLocale(Locale.ROOT);
    configuration.setTimeZone(TimeZone.getTimeZone("UTC"));
    // Numbers in pages are written by the views; a bare one in a template is an index or a size.
    configuration.setNumberFormat("computer");
  }

  /**
   * Writes one page.
   *
   * @throws IOException if the file cannot be written
   * @throws IllegalStateException if the template fails
   */
  public void write(String template, Map<String, Object> model, Path file) throws IOException {
    StringWriter page = new StringWriter();
    try {
      configuration.getTemplate(template).process(model, page);
    } catch (TemplateException e) {
      throw new IllegalStateException(file + ": template " + template + ": " + e.getMessage(), e);
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, page.toString());
  }
}
