package dev.assay.engine.teacher.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** What templates call that is none of Jinja's. */
public final class TemplateFunctions {
  /**
   * The day that templates are told it is. Templates that write the day into the system prompt
   * would else make other tokens of the same conversation tomorrow; it is the one that LLaMA 3.1's
   * template takes where it is told none.
   */
  static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private static final Map<Character, String> FORMS =
      Map.of(
          'd', "dd", 'm', "MM", 'b', "MMM", 'B', "MMMM", 'Y', "uuuu", 'y', "uu", 'H', "HH", 'M',
          "mm", 'A', "EEEE", 'a', "EEE");

  private TemplateFunctions() {}

  /** A template's own error. */
  static final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
      super(message);
    }
  }

  /** {@code raise_exception}: the template does not take this conversation. */
  @SuppressWarnings("DoNotCallSuggester") // Templates call it.
  public static String raise(String message) {
    throw new TemplateException(message);
  }

  /** {@code strftime_now}: a day, always the same, in the form that Python's strftime is given. */
  public static String day(String form) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < form.length(); i++) {
      char c = form.charAt(i);
      if (c != '%' || i + 1 == form.length()) {
        text.append(c);
        continue;
      }
      String pattern = FORMS.get(form.charAt(++i));
      if (pattern == null) {
        throw new TemplateException("strftime_now: found %" + form.charAt(i));
      }
      text.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(TODAY));
    }
    return text.toString();
  }
}
