package dev.assay.harness.suite;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What makes a checkpoint the one it is.
 *
 * @param tensors sha256 over names, types, shapes and bytes of all tensors
 * @param files sha256 of each file beside the weights that a figure can depend on: the
 *     configuration and the tokenizer
 */
public record ModelFingerprint(String tensors, SortedMap<String, String> files) {
  public ModelFingerprint {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
