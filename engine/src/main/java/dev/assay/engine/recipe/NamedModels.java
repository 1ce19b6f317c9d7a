package dev.assay.engine.recipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The models that parameters of stages name, wherever they stand in them.
 *
 * @param hashes of their tensors, by their places
 */
record NamedModels(Function<Path, String> hashes) {
  /** Parameters with the hash of each of them; the very same where they name none. */
  <R> R in(R parameters) {
    @SuppressWarnings("unchecked") // What stands for a value is of its type.
    R identified = (R) value(parameters);
    return identified;
  }

  private Object value(Object value) {
    if (value instanceof NamedModel model) {
      return model.identified(hashes);
    }
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      list.forEach(item -> items.add(value(item)));
      return items.equals(list) ? list : items;
    }
    return value instanceof Record record ? record(record) : value;
  }

  private Record record(Record record) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    @Nullable Object[] values = new Object[components.length];
    boolean same = true;
    try {
      for (int i = 0; i < components.length; i++) {
        Object before = components[i].getAccessor().invoke(record);
        values[i] = before == null ? null : value(before);
        same &= values[i] == before;
      }
      if (same) {
        return record;
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return record.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException fault
          ? fault
          : new IllegalArgumentException(record.getClass() + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(record.getClass() + " cannot be read", e);
    }
  }
}
