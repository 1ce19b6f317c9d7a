package dev.assay.leaderboard.site.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import freemarker.core.HTMLOutputFormat;
import freemarker.core.TemplateHTMLOutputModel;
import freemarker.template.TemplateModelException;
import org.jspecify.annotations.Nullable;

/**
 * JSON for {@code <script type="application/json">}: {@code <}, {@code >}, {@code &} and {@code '}
 * are written as Unicode escapes, so that no value can end the element or open a comment.
 */
public final class ScriptJson {
  private static final class HtmlSafe extends CharacterEscapes {
    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      for (char c : new char[] {'<', '>', '&', '\''}) {
        codes[c] = ESCAPE_STANDARD;
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      // Line and paragraph separators end a line in older scripts.
      return character == 0x2028 || character == 0x2029
          ? new SerializedString(String.format("\\u%04X", character))
          : null;
    }
  }

  private final ObjectMapper mapper;

  /** A writer of its own; safe for use by several threads. */
  public ScriptJson() {
    mapper = JsonMapper.builder().build();
    mapper.getFactory().setCharacterEscapes(new HtmlSafe());
  }

  /**
   * The value as JSON that a template writes unescaped.
   *
   * @throws IllegalArgumentException if the value cannot be written as JSON
   */
  public TemplateHTMLOutputModel embed(Object value) {
    try {
      return HTMLOutputFormat.INSTANCE.fromMarkup(mapper.writeValueAsString(value));
    } catch (JsonProcessingException | TemplateModelException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
    }
  }
}
