package dev.assay.engine.checkpoint.torch.pickle;

import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Call;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Dictionary;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Global;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Other;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Reference;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Sequence;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Text;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Tuple;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Whole;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads a pickle as data. Calls are recorded and never made, names outside an allow-list end it,
 * and so do instructions that state dictionaries do not need. One loop, no recursion: depth costs
 * nothing.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">The
 *     instructions</a>
 */
final class Unpickler {
  private static final int LOWEST_PROTOCOL = 2;
  private static final int HIGHEST_PROTOCOL = 5;

  private final PickleInput in;
  private final Predicate<Global> allowed;
  private final PickleStack stack = new PickleStack();
  private final Map<Long, PickleValue> memo = new HashMap<>();

  private Unpickler(byte[] bytes, Predicate<Global> allowed) {
    this.in = new PickleInput(bytes);
    this.allowed = allowed;
  }

  /** The value of a pickle; its message names the byte at which it fails. */
  static PickleValue read(byte[] bytes, Predicate<Global> allowed) throws PickleException {
    Unpickler unpickler = new Unpickler(bytes, allowed);
    int at = 0;
    try {
      for (int opcode = unpickler.in.unsigned1();
          opcode != Opcode.STOP;
          opcode = unpickler.in.unsigned1()) {
        unpickler.step(opcode);
        at = unpickler.in.position();
      }
      return unpickler.stack.pop();
    } catch (PickleException e) {
      throw new PickleException("instruction at byte " + at + ": " + e.getMessage());
    }
  }

  private void step(int opcode) throws PickleException {
    switch (opcode) {
      case Opcode.PROTO -> protocol(in.unsigned1());
      case Opcode.FRAME -> in.signed8();
      case Opcode.MARK -> stack.mark();
      case Opcode.EMPTY_TUPLE -> stack.push(new Tuple(List.of()));
      case Opcode.TUPLE -> stack.push(new Tuple(stack.popToMark()));
      case Opcode.TUPLE1 -> stack.push(new Tuple(stack.pop(1)));
      case Opcode.TUPLE2 -> stack.push(new Tuple(stack.pop(2)));
      case Opcode.TUPLE3 -> stack.push(new Tuple(stack.pop(3)));
      case Opcode.EMPTY_LIST -> stack.push(new Sequence());
      case Opcode.APPEND -> append(stack.pop(1));
      case Opcode.APPENDS -> append(stack.popToMark());
      case Opcode.EMPTY_DICT -> stack.push(new Dictionary());
      case Opcode.SETITEM -> set(stack.pop(2));
      case Opcode.SETITEMS -> set(stack.popToMark());
      case Opcode.GLOBAL -> global(in.line(), in.line());
      case Opcode.STACK_GLOBAL -> stackGlobal(stack.pop(2));
      case Opcode.REDUCE -> reduce(stack.pop(2));
      case Opcode.BUILD -> build();
      case Opcode.BINPERSID -> stack.push(new Reference(stack.pop()));
      case Opcode.BINPUT -> memo.put((long) in.unsigned1(), stack.top());
      case Opcode.LONG_BINPUT -> memo.put(in.unsigned4(), stack.top());
      case Opcode.MEMOIZE -> memo.put((long) memo.size(), stack.top());
      case Opcode.BINGET -> get(in.unsigned1());
      case Opcode.LONG_BINGET -> get(in.unsigned4());
      default -> scalar(opcode);
    }
  }

  private void scalar(int opcode) throws PickleException {
    PickleValue value =
        switch (opcode) {
          case Opcode.NONE -> new Other("None");
          case Opcode.NEWTRUE -> new Other("True");
          case Opcode.NEWFALSE -> new Other("False");
          case Opcode.BININT -> new Whole(in.signed4());
          case Opcode.BININT1 -> new Whole(in.unsigned1());
          case Opcode.BININT2 -> new Whole(in.unsigned2());
          case Opcode.LONG1 -> new Whole(in.whole(in.unsigned1()));
          case Opcode.LONG4 -> new Whole(in.whole(in.signed4()));
          case Opcode.BINFLOAT -> new Other(Double.toString(in.real()));
          case Opcode.BINUNICODE -> new Text(in.text(in.unsigned4()));
          case Opcode.SHORT_BINUNICODE -> new Text(in.text(in.unsigned1()));
          case Opcode.BINUNICODE8 -> new Text(in.text(in.signed8()));
          default ->
              throw new PickleException(
                  String.format("found 0x%02x, which no state dictionary needs", opcode));
        };
    stack.push(value);
  }

  private static void protocol(int protocol) throws PickleException {
    if (protocol < LOWEST_PROTOCOL || protocol > HIGHEST_PROTOCOL) {
      throw new PickleException(
          "found protocol "
              + protocol
              + ", expected "
              + LOWEST_PROTOCOL
              + " to "
              + HIGHEST_PROTOCOL);
    }
  }

  private void append(List<PickleValue> items) throws PickleException {
    if (!(stack.top() instanceof Sequence list)) {
      throw expected("a list to append to", stack.top());
    }
    items.forEach(list::add);
  }

  private void set(List<PickleValue> pairs) throws PickleException {
    if (!(stack.top() instanceof Dictionary dictionary) || pairs.size() % 2 != 0) {
      throw expected("a dictionary to put pairs into", stack.top());
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      if (pairs.get(i) instanceof Text key) {
        if (dictionary.entries().putIfAbsent(key.value(), pairs.get(i + 1)) != null) {
          throw new PickleException("found the key " + key.describe() + " twice");
        }
      } else if (!(pairs.get(i) instanceof Whole)) {
        throw expected("a string or a number as key", pairs.get(i));
      }
    }
  }

  private void global(String module, String name) throws PickleException {
    Global global = new Global(module, name);
    if (!allowed.test(global)) {
      throw new PickleException(
          "found the global '" + global.describe() + "', which is not allowed in weights");
    }
    stack.push(global);
  }

  private void stackGlobal(List<PickleValue> names) throws PickleException {
    if (!(names.get(0) instanceof Text module) || !(names.get(1) instanceof Text name)) {
      throw expected("a module and a name", names.get(0));
    }
    global(module.value(), name.value());
  }

  private void reduce(List<PickleValue> call) throws PickleException {
    if (!(call.get(0) instanceof Global callee) || !(call.get(1) instanceof Tuple arguments)) {
      throw expected("a global and a tuple of arguments", call.get(0));
    }
    boolean dictionary = callee.equals(Global.ORDERED_DICT) && arguments.items().isEmpty();
    stack.push(dictionary ? new Dictionary() : new Call(callee, arguments));
  }

  /** State dictionaries carry the versions of their modules as an attribute, which says nothing. */
  private void build() throws PickleException {
    stack.pop();
    if (!(stack.top() instanceof Dictionary)) {
      throw expected("a dictionary to set attributes of", stack.top());
    }
  }

  private void get(long key) throws PickleException {
    PickleValue value = memo.get(key);
    if (value == null) {
      throw new PickleException("found a look-up of " + key + ", where nothing has been put");
    }
    stack.push(value);
  }

  private static PickleException expected(String what, PickleValue found) {
    return new PickleException("found " + found.describe() + ", expected " + what);
  }
}
