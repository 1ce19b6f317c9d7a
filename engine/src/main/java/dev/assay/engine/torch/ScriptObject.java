package dev.assay.engine.torch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An object of a TorchScript class as an archive holds it. Objects are equal if all within them is,
 * so that modules of one structure can share one compiled archive.
 *
 * @param type its class
 * @param attributes every attribute that the class declares, by name
 */
public record ScriptObject(ScriptClass type, Map<String, Attribute> attributes) {
  public ScriptObject {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** Whether it, or an object in it, is of a class in a file. */
  public boolean uses(String module) {
    return all().anyMatch(each -> each.type.module().equals(module));
  }

  /** How many objects, with it, are of a class such as {@code linear.Int4Linear}. */
  public int count(String qualified) {
    return (int)
        all()
            .filter(each -> (each.type.module() + "." + each.type.name()).equals(qualified))
            .count();
  }

  private Stream<ScriptObject> all() {
    return Stream.concat(Stream.of(this), attributes.values().stream().flatMap(ScriptObject::in));
  }

  private static Stream<ScriptObject> in(Attribute attribute) {
    if (attribute instanceof Attribute.Child child) {
      return child.object().all();
    }
    if (attribute instanceof Attribute.Shared shared) {
      return shared.object().all();
    }
    return attribute instanceof Attribute.Children children
        ? children.objects().stream().flatMap(ScriptObject::in)
        : Stream.empty();
  }

  /** The value of an attribute. */
  public sealed interface Attribute {
    /** A {@code bool}. */
    record Flag(boolean value) implements Attribute {}

    /** An {@code int}. */
    record Whole(long value) implements Attribute {}

    /** A {@code float}. */
    record Real(double value) implements Attribute {}

    /** A {@code Tensor} without elements, in place of one that is loaded later. */
    record NoTensor() implements Attribute {}

    /** A {@code List[Tensor]} without elements. */
    record NoTensors() implements Attribute {}

    /** An object of its own. */
    record Child(ScriptObject object) implements Attribute {}

    /** The same object wherever this very instance stands. */
    record Shared(ScriptObject object) implements Attribute {}

    /** A list of objects. */
    record Children(List<Attribute> objects) implements Attribute {
      public Children {
        objects = List.copyOf(objects);
      }
    }
  }
}
