package dev.assay.engine.teacher.template;

import dev.assay.engine.config.BadInputException;
import java.util.Set;
import java.util.TreeSet;

/**
 * A template in the form that leaves nothing to the Jinja library in which it differs from
 * Python's, with whose settings transformers renders templates ({@code trim_blocks}, {@code
 * lstrip_blocks}): white space around tags is taken away beforehand, comments and the marks of what
 * a model generates are left out, {@code x[::-1]} is {@code x|reverse}, and an argument with a name
 * stands in brackets, as the library takes {@code a=b|c - 1} for {@code (a=b|c) - 1}; what is
 * written out goes through {@link PythonText}.
 */
final class TemplateSource {
  private final String where;
  private final String source;
  private final StringBuilder written = new StringBuilder();
  private final Set<String> filters = new TreeSet<>();
  private final Set<String> tests = new TreeSet<>();
  private int at;

  /**
   * A template that was rewritten.
   *
   * @param text as the library is given it
   * @param filters names of the filters that it uses
   * @param tests names of the tests that it uses
   */
  record Prepared(String text, Set<String> filters, Set<String> tests) {
    Prepared {
      tests = Set.copyOf(tests);
      filters = Set.copyOf(filters);
    }
  }

  private TemplateSource(String where, String source) {
    this.where = where;
    this.source = source;
  }

  /**
   * Rewrites a template.
   *
   * @param where what messages call it
   * @throws BadInputException if a tag has no end
   */
  static Prepared prepare(String where, String template) {
    String unix = template.replace("\r\n", "\n").replace('\r', '\n');
    // As Python's, which keeps no line end at the end of a template.
    String source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    return new TemplateSource(where, source).prepare();
  }

  private Prepared prepare() {
    boolean lineStarts = true;
    boolean strips = false;
    while (at < source.length()) {
      int open = nextTag();
      String text = source.substring(at, open);
      at = open;
      if (open == source.length()) {
        written.append(strips ? text.stripLeading() : text);
        break;
      }
      char kind = source.charAt(open + 1);
      at = open + 2;
      char sign = at < source.length() ? source.charAt(at) : ' ';
      boolean signed = sign == '-' || (sign == '+' && kind != '{');
      at += signed ? 1 : 0;
      written.append(before(text, kind, signed ? sign : ' ', lineStarts, strips));
      int begin = at;
      skipTag(kind, open);
      int end = at - 2;
      char last = source.charAt(end - 1);
      boolean signedEnd = end > begin && (last == '-' || (last == '+' && kind != '{'));
      String inside = source.substring(begin, signedEnd ? end - 1 : end);
      write(kind, inside);
      strips = signedEnd && last == '-';
      lineStarts = false;
      if (!strips && kind != '{' && !signedEnd && source.startsWith("\n", at)) {
        at++;
        lineStarts = true;
      }
    }
    return new Prepared(written.toString(), filters, tests);
  }

  private int nextTag() {
    for (int i = at; i + 1 < source.length(); i++) {
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  /** What is left of the text in front of a tag. */
  private static String before(
      String text, char kind, char sign, boolean lineStarts, boolean strips) {
    String left = strips ? text.stripLeading() : text;
    if (sign == '-') {
      return left.stripTrailing();
    }
    int line = left.lastIndexOf('\n') + 1;
    // What a sign in front took away began a line only if it had a line end.
    boolean begins = line > 0 || (lineStarts && !strips);
    boolean alone = begins && left.substring(line).isBlank();
    return kind != '{' && sign != '+' && alone ? left.substring(0, line) : left;
  }

  /** Moves behind the end of a tag; what stands in quotes does not end it. */
  private void skipTag(char kind, int open) {
    String end = kind == '{' ? "}}" : kind + "}";
    int braces = 0;
    char quote = 0;
    for (; at < source.length(); at++) {
      char c = source.charAt(at);
      if (kind == '#') {
        if (source.startsWith(end, at)) {
          at += 2;
          return;
        }
      } else if (quote != 0) {
        if (c == '\\') {
          at++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (braces == 0 && source.startsWith(end, at)) {
        at += 2;
        return;
      } else if (c == '{') {
        braces++;
      } else if (c == '}') {
        braces--;
      }
    }
    long line = 1 + source.substring(0, open).chars().filter(c -> c == '\n').count();
    throw new BadInputException(
        where + ": line " + line + ": found a tag without its end, expected " + end);
  }

  private void write(char kind, String inside) {
    String name = inside.strip();
    boolean mark = name.equals("generation") || name.equals("endgeneration");
    if (kind == '#' || (kind == '%' && mark)) {
      return;
    }
    if (kind == '%' && name.equals("raw")) {
      throw new BadInputException(
          where + ": found a tag raw, which templates of conversations are not read with here");
    }
    TagRewriter rewriter = new TagRewriter(name);
    String tag = rewriter.rewritten();
    filters.addAll(rewriter.filters());
    tests.addAll(rewriter.tests());
    if (kind == '{') {
      written.append("{{ (").append(tag).append(")|").append(PythonText.NAME).append(" }}");
      return;
    }
    if (name.startsWith("for ") && rewriter.hasCondition()) {
      throw new BadInputException(
          where + ": found '" + name + "', and a condition in a tag for would be passed over here");
    }
    written.append("{% ").append(tag).append(" %}");
  }
}
