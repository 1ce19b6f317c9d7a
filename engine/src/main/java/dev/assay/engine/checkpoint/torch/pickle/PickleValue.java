package dev.assay.engine.checkpoint.torch.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle can hold. Values may share parts and contain themselves: nothing here walks down
 * into them, and neither {@code equals} nor {@code toString} of a container does.
 */
sealed interface PickleValue {
  /** What it is, for messages; never its content. */
  String describe();

  /** A string. */
  record Text(String value) implements PickleValue {
    private static final int SHOWN = 60;

    @Override
    public String describe() {
      return "'" + (value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value) + "'";
    }
  }

  /** An int that 64 bits hold. */
  record Whole(long value) implements PickleValue {
    @Override
    public String describe() {
      return Long.toString(value);
    }
  }

  /** None, a bool or a float, which no tensor's description depends on. */
  record Other(String describe) implements PickleValue {}

  /** A class or function by name; that the name is allowed has been checked. */
  record Global(String module, String name) implements PickleValue {
    /** The dictionary of which state dictionaries are made. */
    static final Global ORDERED_DICT = new Global("collections", "OrderedDict");

    @Override
    public String describe() {
      return module + "." + name;
    }
  }

  /** A tuple. */
  final class Tuple implements PickleValue {
    private final List<PickleValue> items;

    Tuple(List<PickleValue> items) {
      this.items = List.copyOf(items);
    }

    List<PickleValue> items() {
      return items;
    }

    @Override
    public String describe() {
      return "a tuple of " + items.size();
    }
  }

  /** A list. */
  final class Sequence implements PickleValue {
    private final List<PickleValue> items = new ArrayList<>(0);

    void add(PickleValue item) {
      items.add(item);
    }

    @Override
    public String describe() {
      return "a list of " + items.size();
    }
  }

  /** A dict or an OrderedDict; entries whose keys are no strings are forgotten. */
  final class Dictionary implements PickleValue {
    private final Map<String, PickleValue> entries = new LinkedHashMap<>(0);

    Map<String, PickleValue> entries() {
      return entries;
    }

    @Override
    public String describe() {
      return "a dictionary of " + entries.size();
    }
  }

  /** A call that the pickle asks for and that is not made. */
  final class Call implements PickleValue {
    private final Global callee;
    private final Tuple arguments;

    Call(Global callee, Tuple arguments) {
      this.callee = callee;
      this.arguments = arguments;
    }

    Global callee() {
      return callee;
    }

    List<PickleValue> arguments() {
      return arguments.items();
    }

    @Override
    public String describe() {
      return "a call of " + callee.describe();
    }
  }

  /** An object that is stored beside the pickle, by its id. */
  final class Reference implements PickleValue {
    private final PickleValue id;

    Reference(PickleValue id) {
      this.id = id;
    }

    PickleValue id() {
      return id;
    }

    @Override
    public String describe() {
      return "a reference to " + id.describe();
    }
  }
}
