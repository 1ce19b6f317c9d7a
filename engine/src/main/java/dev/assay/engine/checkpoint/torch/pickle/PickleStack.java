package dev.assay.engine.checkpoint.torch.pickle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The stack of a pickle with its marks. What lies below the last mark is out of reach. */
final class PickleStack {
  /** Far more than the pushes of a state dictionary, some thirty a tensor. */
  private static final int MAX_PUSHES = 4_000_000;

  private final List<PickleValue> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private int pushes;

  void push(PickleValue value) throws PickleException {
    count();
    values.add(value);
  }

  void mark() throws PickleException {
    count();
    marks.push(values.size());
  }

  PickleValue top() throws PickleException {
    int floor = marks.isEmpty() ? 0 : marks.element();
    if (values.size() <= floor) {
      throw new PickleException("found an instruction that takes more values than there are");
    }
    return values.get(values.size() - 1);
  }

  PickleValue pop() throws PickleException {
    PickleValue value = top();
    values.remove(values.size() - 1);
    return value;
  }

  /** Takes {@code count} values, the lowest first. */
  List<PickleValue> pop(int count) throws PickleException {
    PickleValue[] taken = new PickleValue[count];
    for (int i = count - 1; i >= 0; i--) {
      taken[i] = pop();
    }
    return List.of(taken);
  }

  /** Takes everything above the last mark, and the mark. */
  List<PickleValue> popToMark() throws PickleException {
    if (marks.isEmpty()) {
      throw new PickleException("found an instruction that takes values up to a mark, and no mark");
    }
    List<PickleValue> above = values.subList(marks.pop(), values.size());
    List<PickleValue> taken = List.copyOf(above);
    above.clear();
    return taken;
  }

  private void count() throws PickleException {
    pushes++;
    if (pushes > MAX_PUSHES) {
      throw new PickleException("found more than " + MAX_PUSHES + " values");
    }
  }
}
