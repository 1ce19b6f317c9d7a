package dev.assay.engine.torch;

import dev.assay.engine.torch.ScriptObject.Attribute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Collects the files that an object's classes are in, and those that these name: {@code
 * __torch__.step.Step} is in {@code step.py} beside the file that names it, or beside another class
 * of the object. Where there is none the name is left to libtorch, which compiles what is used.
 */
final class ScriptSources {
  private static final Pattern NAMED = Pattern.compile("__torch__\\.(\\w+)\\.\\w+");

  private final Set<Class<?>> places = new LinkedHashSet<>();
  private final SortedMap<String, String> texts = new TreeMap<>();
  private final SortedMap<String, Class<?>> anchors = new TreeMap<>();

  private ScriptSources() {}

  /**
   * The files by module, whole.
   *
   * @throws IllegalArgumentException if a file is missing, or two modules have one name
   */
  static SortedMap<String, String> of(ScriptObject root) {
    ScriptSources sources = new ScriptSources();
    Set<ScriptClass> types = new LinkedHashSet<>();
    collect(root, types);
    types.forEach(type -> sources.places.add(type.anchor()));
    types.forEach(type -> sources.add(type.anchor(), type.module()));
    return sources.texts;
  }

  private static void collect(ScriptObject object, Set<ScriptClass> types) {
    types.add(object.type());
    object.attributes().values().forEach(attribute -> collect(attribute, types));
  }

  private static void collect(Attribute attribute, Set<ScriptClass> types) {
    if (attribute instanceof Attribute.Child child) {
      collect(child.object(), types);
    } else if (attribute instanceof Attribute.Shared shared) {
      collect(shared.object(), types);
    } else if (attribute instanceof Attribute.Children children) {
      children.objects().forEach(each -> collect(each, types));
    }
  }

  private void add(Class<?> anchor, String module) {
    Class<?> known = anchors.get(module);
    if (known != null) {
      if (!known.getPackageName().equals(anchor.getPackageName())) {
        throw new IllegalArgumentException(
            "two scripts are called %s.py: beside %s and beside %s"
                .formatted(module, known.getName(), anchor.getName()));
      }
      return;
    }
    String text = read(anchor, module + ".py");
    anchors.put(module, anchor);
    texts.put(module, text);
    Matcher named = NAMED.matcher(text);
    while (named.find()) {
      String other = named.group(1);
      if (!anchors.containsKey(other)) {
        Stream.concat(Stream.of(anchor), places.stream())
            .filter(place -> exists(place, other))
            .findFirst()
            .ifPresent(place -> add(place, other));
      }
    }
  }

  private static boolean exists(Class<?> anchor, String module) {
    return anchor.getResource(module + ".py") != null;
  }

  /**
   * The text of a resource beside a class.
   *
   * @throws IllegalArgumentException if it is missing
   */
  static String read(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no resource '" + resource + "' beside " + anchor.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
