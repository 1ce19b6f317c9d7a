package dev.assay.engine.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a record is written as YAML: every key, in the record's order, keys without
 * value left out. What it writes binds to an equal record.
 */
public final class CanonicalYaml {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(YAMLFactory.builder().stringQuotingChecker(new NumbersQuoted()).build())
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
          .build();

  private CanonicalYaml() {}

  /** Quotes what would read as a number although no digits alone, such as the hash 69e92313. */
  private static final class NumbersQuoted extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1;
    private static final Pattern EXPONENT =
        Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)[eE][-+]?\\d+");

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value) || EXPONENT.matcher(value).matches();
    }
  }

  /** A tree of maps, lists and scalars as YAML text. */
  public static String write(Object tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as YAML: " + tree, e);
    }
  }

  /** A record as a map of its components, all the way down. */
  public static Map<String, Object> tree(Record record) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      @Nullable Object value;
      try {
        value = component.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException(component + " cannot be read", e);
      }
      if (value != null) {
        tree.put(component.getName(), value(value, component.getType()));
      }
    }
    return tree;
  }

  private static Object value(Object value, Class<?> declared) {
    if (ScalarFactory.of(declared).isPresent() && !declared.isRecord()) {
      return scalar(value.toString());
    }
    if (value instanceof WrittenAs form) {
      return form.written();
    }
    if (value instanceof Record record) {
      return tree(record);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(item -> value(item, item.getClass())).toList();
    }
    return value instanceof Enum<?> constant ? EnumName.of(constant) : value;
  }

  private static Object scalar(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no YAML scalar: " + text, e);
    }
  }
}
