package dev.assay.engine.teacher.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings that templates call, as texts of Java lack them. */
final class PythonStrings extends ELResolver {
  @Override
  public @Nullable Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    if (!(base instanceof String text)) {
      return null;
    }
    Object result = call(text, String.valueOf(method), arguments);
    if (result != null) {
      context.setPropertyResolved(true);
    }
    return result;
  }

  private static @Nullable Object call(String text, String method, Object[] arguments) {
    String first = arguments.length == 0 || arguments[0] == null ? null : "" + arguments[0];
    return switch (method) {
      case "strip" -> left(right(text, first), first);
      case "lstrip" -> left(text, first);
      case "rstrip" -> right(text, first);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "title" -> title(text);
      case "startswith" -> first == null ? null : text.startsWith(first);
      case "endswith" -> first == null ? null : text.endsWith(first);
      case "split" -> arguments.length > 1 ? null : split(text, first);
      case "replace" ->
          first == null || arguments.length != 2 ? null : text.replace(first, "" + arguments[1]);
      default -> null;
    };
  }

  private static String left(String text, @Nullable String characters) {
    if (characters == null) {
      return PythonSpace.stripLeading(text);
    }
    int i = 0;
    while (i < text.length() && characters.indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return text.substring(i);
  }

  private static String right(String text, @Nullable String characters) {
    if (characters == null) {
      return PythonSpace.stripTrailing(text);
    }
    int i = text.length();
    while (i > 0 && characters.indexOf(text.charAt(i - 1)) >= 0) {
      i--;
    }
    return text.substring(0, i);
  }

  private static List<String> split(String text, @Nullable String separator) {
    if (separator == null) {
      return PythonSpace.split(text);
    }
    List<String> parts = new ArrayList<>();
    int begin = 0;
    for (int end = text.indexOf(separator);
        end >= 0 && !separator.isEmpty();
        end = text.indexOf(separator, begin)) {
      parts.add(text.substring(begin, end));
      begin = end + separator.length();
    }
    parts.add(text.substring(begin));
    return parts;
  }

  private static String title(String text) {
    StringBuilder titled = new StringBuilder();
    boolean within = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      titled.append(within ? Character.toLowerCase(c) : Character.toUpperCase(c));
      within = Character.isLetter(c);
    }
    return titled.toString();
  }

  @Override
  public @Nullable Object getValue(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public @Nullable Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    // Nothing of a text can be set.
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public @Nullable Class<?> getCommonPropertyType(ELContext context, Object base) {
    return null;
  }

  @Override
  public java.util.@Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
      ELContext context, Object base) {
    return null;
  }
}
