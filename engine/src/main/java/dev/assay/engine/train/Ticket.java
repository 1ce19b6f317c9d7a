package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which weights of some tensors are left after rounds of training and pruning, each of which takes
 * a share of those that were left: the smallest as they were trained.
 *
 * @param masks 1 where a weight is left, by name
 * @see <a href="https://arxiv.org/abs/1803.03635">Frankle and Carbin 2019, lottery tickets</a>
 */
public record Ticket(Map<String, NDArray> masks) {
  /** Values that an array in Java has at most. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  /** One from which nothing has gone. */
  public static Ticket whole(NDManager owner, Map<String, NDArray> weights) {
    Map<String, NDArray> masks = new LinkedHashMap<>();
    weights.forEach((name, weight) -> masks.put(name, ones(owner, weight)));
    return new Ticket(masks);
  }

  private static NDArray ones(NDManager owner, NDArray like) {
    NDArray mask = owner.ones(like.getShape());
    mask.attach(owner);
    return mask;
  }

  /**
   * What is left after another round.
   *
   * @param owner of its masks
   * @param trained weights as they were trained, by name
   * @param share of what is left that goes; rounded to whole weights, halves to even
   * @param together whether the smallest of all go, rather than those of each tensor
   */
  public Ticket without(
      NDManager owner, Map<String, NDArray> trained, double share, boolean together) {
    List<String> names = List.copyOf(masks.keySet());
    Map<String, NDArray> left = new LinkedHashMap<>();
    if (!together) {
      names.forEach(name -> left.putAll(without(owner, trained, share, List.of(name))));
      return new Ticket(left);
    }
    return new Ticket(without(owner, trained, share, names));
  }

  private Map<String, NDArray> without(
      NDManager owner, Map<String, NDArray> trained, double share, List<String> names) {
    float[] kept = flat(names, masks);
    float[] values = flat(names, trained);
    take(kept, values, share);
    Map<String, NDArray> parts = new LinkedHashMap<>();
    int at = 0;
    for (String name : names) {
      NDArray before = Objects.requireNonNull(masks.get(name), name);
      int size = Math.toIntExact(before.size());
      parts.put(name, owner.create(Arrays.copyOfRange(kept, at, at + size), before.getShape()));
      at += size;
    }
    return parts;
  }

  /** Sets to 0 what goes: the smallest of those that are left, of equals the first. */
  private static void take(float[] kept, float[] values, double share) {
    float[] sizes = new float[kept.length];
    int left = 0;
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] != 0) {
        sizes[left++] = Math.abs(values[i]);
      }
    }
    int goes = (int) Math.rint(share * left);
    if (goes == 0) {
      return;
    }
    Arrays.sort(sizes, 0, left);
    float border = sizes[goes - 1];
    int ties = goes;
    while (ties > 0 && sizes[goes - ties] < border) {
      ties--;
    }
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] != 0 && Math.abs(values[i]) <= border) {
        boolean tie = Math.abs(values[i]) == border;
        if (!tie || ties-- > 0) {
          kept[i] = 0;
        }
      }
    }
  }

  private static float[] flat(List<String> names, Map<String, NDArray> tensors) {
    long size = 0;
    for (String name : names) {
      size += Objects.requireNonNull(tensors.get(name), name).size();
    }
    if (size > MOST) {
      throw new BadInputException(
          "found %d weights that are pruned together, expected at most %d, or each linear by itself"
              .formatted(size, MOST));
    }
    float[] all = new float[(int) size];
    int at = 0;
    for (String name : names) {
      float[] own = Objects.requireNonNull(tensors.get(name), name).toFloatArray();
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return all;
  }
}
