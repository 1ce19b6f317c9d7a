package dev.assay.engine.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.assay.engine.config.YamlNode.Entry;
import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Scalar;
import dev.assay.engine.config.YamlNode.Sequence;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a YAML file into nodes that know their lines. Takes one document of plain YAML: anchors,
 * aliases and tags are refused, which also bounds what a small file can unfold to.
 */
public final class YamlReader {
  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 32;
  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
          .build();

  private final String file;

  /** The text's; the parser's offsets count them. */
  private final int[] codePoints;

  private final YAMLParser parser;

  private YamlReader(String file, String text, YAMLParser parser) {
    this.file = file;
    this.codePoints = text.codePoints().toArray();
    this.parser = parser;
  }

  /**
   * @throws BadInputException if the file cannot be read or is not one document of plain YAML
   */
  public static YamlNode read(Path file) {
    String text;
    try {
      requireFile(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new BadInputException(
            file + ": found " + Files.size(file) + " bytes, expected at most " + MAX_BYTES);
      }
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + ": found bytes that are not UTF-8, expected UTF-8", e);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    return parse(text, file.toString());
  }

  private static void requireFile(Path file) {
    if (file.toString().isEmpty()) {
      throw new BadInputException("found '', expected the path of a YAML file");
    }
    if (Files.isDirectory(file)) {
      throw new BadInputException(file + ": found a directory, expected a YAML file");
    }
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + ": no such file");
    }
  }

  /**
   * @param text YAML
   * @param file name for errors
   * @throws BadInputException if the text is not one document of plain YAML
   */
  public static YamlNode parse(String text, String file) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      YamlReader reader = new YamlReader(file, text, parser);
      if (parser.nextToken() == null) {
        throw new BadInputException(file + ": empty file, expected a YAML mapping");
      }
      YamlNode root = reader.value(KeyPath.ROOT);
      if (parser.nextToken() != null) {
        throw KeyPath.ROOT.error(reader.position(), "found a second document, expected one");
      }
      return root;
    } catch (JsonProcessingException e) {
      if (e.getOriginalMessage().contains("(TAB)")) {
        throw tab(text, file, e);
      }
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      String cause = JsonFault.what(e.getOriginalMessage().strip());
      throw new BadInputException(file + ":" + line + ": bad YAML: " + cause, e);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The parser names the line in which it began to look, if any. */
  private static BadInputException tab(String text, String file, JsonProcessingException e) {
    List<String> lines = text.lines().toList();
    int line = 1;
    while (line < lines.size() && !lines.get(line - 1).matches(" *\\t.*")) {
      line++;
    }
    return new BadInputException(
        file + ":" + line + ": bad YAML: found a tab, expected blanks as indentation", e);
  }

  private YamlNode value(KeyPath path) throws IOException {
    refuseReferences(path);
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> mapping(path);
      case START_ARRAY -> sequence(path);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> plain();
      case VALUE_NULL -> scalar(Kind.NULL, "");
      case VALUE_STRING -> quoted() ? scalar(Kind.STRING, parser.getText()) : plain();
      default -> throw path.error(position(), "found " + token + ", expected a value");
    };
  }

  private void refuseReferences(KeyPath path) throws IOException {
    if (parser.isCurrentAlias() || parser.getObjectId() != null) {
      throw path.error(position(), "found an anchor or alias, expected the value itself");
    }
    if (parser.getTypeId() != null) {
      throw path.error(
          position(), "found tag '" + parser.getTypeId() + "', expected a value without tag");
    }
  }

  private Mapping mapping(KeyPath path) throws IOException {
    Position start = position();
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Position keyPosition = position();
      String key = parser.currentName();
      KeyPath keyPath = path.key(key);
      Entry first = entries.get(key);
      if (first != null) {
        throw keyPath.error(
            keyPosition,
            "duplicate key '" + key + "', first given in line " + first.position().line());
      }
      parser.nextToken();
      entries.put(key, new Entry(keyPosition, value(keyPath)));
    }
    return new Mapping(start, entries);
  }

  private Sequence sequence(KeyPath path) throws IOException {
    Position start = position();
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(path.item(items.size())));
    }
    return new Sequence(start, items);
  }

  private Scalar plain() throws IOException {
    CoreSchema resolved = CoreSchema.of(parser.getText());
    return scalar(resolved.kind(), resolved.text());
  }

  /** Whether the scalar has quotes or is a block, and so is text whatever it looks like. */
  private boolean quoted() {
    int at = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    return at >= 0 && at < codePoints.length && "'\"|>".indexOf(codePoints[at]) >= 0;
  }

  private Scalar scalar(Kind kind, String value) {
    return new Scalar(position(), kind, value);
  }

  private Position position() {
    return new Position(file, Math.max(1, parser.currentTokenLocation().getLineNr()));
  }
}
