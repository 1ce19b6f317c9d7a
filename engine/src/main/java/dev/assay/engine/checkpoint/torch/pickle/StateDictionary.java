package dev.assay.engine.checkpoint.torch.pickle;

import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Call;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Dictionary;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Global;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Reference;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Text;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Tuple;
import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The tensors that {@code torch.save(model.state_dict(), …)} wrote. A dictionary that holds none
 * may hold the state dictionary under {@code state_dict} or {@code model}, as trainers do. What is
 * no tensor is passed over.
 */
public final class StateDictionary {
  private static final List<String> INNER = List.of("state_dict", "model");
  private static final int MAX_AXES = 64;

  private StateDictionary() {}

  /**
   * The tensors in the order of the dictionary.
   *
   * @param pickle the content of {@code data.pkl}
   * @throws PickleException if it is damaged, holds no tensors or asks for anything but them
   */
  public static List<PickledTensor> read(byte[] pickle) throws PickleException {
    PickleValue root = Unpickler.read(pickle, TorchGlobals::allowed);
    List<PickledTensor> tensors = tensors(root);
    for (String key : INNER) {
      if (tensors.isEmpty()
          && root instanceof Dictionary dictionary
          && dictionary.entries().get(key) instanceof Dictionary inner) {
        tensors = tensors(inner);
      }
    }
    if (tensors.isEmpty()) {
      throw new PickleException(
          "found " + root.describe() + ", expected a state dictionary with tensors");
    }
    return tensors;
  }

  private static List<PickledTensor> tensors(PickleValue value) throws PickleException {
    List<PickledTensor> tensors = new ArrayList<>();
    if (value instanceof Dictionary dictionary) {
      for (Map.Entry<String, PickleValue> entry : dictionary.entries().entrySet()) {
        if (entry.getValue() instanceof Call call) {
          tensors.add(tensor(entry.getKey(), call));
        }
      }
    }
    return tensors;
  }

  private static PickledTensor tensor(String name, Call call) throws PickleException {
    Call rebuild = call;
    if (call.callee().equals(TorchGlobals.REBUILD_PARAMETER)
        && !call.arguments().isEmpty()
        && call.arguments().get(0) instanceof Call inner) {
      rebuild = inner;
    }
    List<PickleValue> arguments = rebuild.arguments();
    if (!rebuild.callee().equals(TorchGlobals.REBUILD_TENSOR) || arguments.size() < 4) {
      throw bad(name, rebuild, "a call of " + TorchGlobals.REBUILD_TENSOR.describe());
    }
    List<PickleValue> storage = storage(name, arguments.get(0));
    if (!(storage.get(1) instanceof Global type) || !(storage.get(2) instanceof Text key)) {
      throw bad(name, storage.get(1), "the class of a storage and its key");
    }
    List<Long> shape = numbers(name, "shape", arguments.get(2));
    List<Long> strides = numbers(name, "strides", arguments.get(3));
    if (shape.size() != strides.size()) {
      throw bad(name, arguments.get(3), shape.size() + " strides");
    }
    return new PickledTensor(
        name,
        type.name(),
        key.value(),
        number(name, "a number of elements", storage.get(4)),
        number(name, "an offset", arguments.get(1)),
        shape,
        strides);
  }

  /** ('storage', class, key, device, number of elements). */
  private static List<PickleValue> storage(String name, PickleValue value) throws PickleException {
    if (value instanceof Reference reference
        && reference.id() instanceof Tuple id
        && id.items().size() == 5
        && id.items().get(0) instanceof Text kind
        && kind.value().equals("storage")) {
      return id.items();
    }
    throw bad(name, value, "a reference to a storage");
  }

  private static List<Long> numbers(String name, String what, PickleValue value)
      throws PickleException {
    PickleValue plain =
        value instanceof Call call
                && call.callee().equals(TorchGlobals.SIZE)
                && call.arguments().size() == 1
            ? call.arguments().get(0)
            : value;
    if (!(plain instanceof Tuple tuple) || tuple.items().size() > MAX_AXES) {
      throw bad(name, plain, "a tuple of at most " + MAX_AXES + " as " + what);
    }
    List<Long> numbers = new ArrayList<>();
    for (PickleValue item : tuple.items()) {
      numbers.add(number(name, what, item));
    }
    return numbers;
  }

  private static long number(String name, String what, PickleValue value) throws PickleException {
    if (value instanceof Whole number && number.value() >= 0) {
      return number.value();
    }
    throw bad(name, value, what + ", whole and from 0 up");
  }

  private static PickleException bad(String name, PickleValue found, String expected) {
    return new PickleException(
        "tensor '" + name + "': found " + found.describe() + ", expected " + expected);
  }
}
