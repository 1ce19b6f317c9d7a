package dev.assay.engine.torch;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.ScriptObject.Attribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A module of a tree while it is built: what it is, and the tensors that it and the modules below
 * it load, by their names below its own, such as {@code self_attn.qkv_proj.weight}.
 */
public final class ModuleNode {
  private final ScriptClass type;
  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();

  /** A module of a class, without attributes yet. */
  public ModuleNode(ScriptClass type) {
    this.type = type;
  }

  /** An attribute of type {@code int}. */
  public ModuleNode with(String name, long value) {
    return with(name, new Attribute.Whole(value));
  }

  /** An attribute of type {@code float}. */
  public ModuleNode with(String name, double value) {
    return with(name, new Attribute.Real(value));
  }

  /** An attribute of type {@code bool}. */
  public ModuleNode with(String name, boolean value) {
    return with(name, new Attribute.Flag(value));
  }

  /** An attribute that says itself what it is. */
  public ModuleNode with(String name, Attribute value) {
    if (attributes.put(name, value) != null) {
      throw new IllegalArgumentException(type.name() + " has two attributes '" + name + "'");
    }
    return this;
  }

  /** A tensor that the module loads under the attribute's name. */
  public ModuleNode with(String name, NDArray tensor) {
    tensors.put(name, tensor);
    return with(name, new Attribute.NoTensor());
  }

  /** A tensor that is given later, by other ways than loading. */
  public ModuleNode without(String name) {
    return with(name, new Attribute.NoTensor());
  }

  /** A module below this one. */
  public ModuleNode with(String name, ModuleNode child) {
    return with(name, new Attribute.Child(child.object()), child);
  }

  /**
   * A module below this one, as an attribute that may stand elsewhere too.
   *
   * @param attribute the child's object
   * @param child whose tensors are loaded under the name
   */
  public ModuleNode with(String name, Attribute attribute, ModuleNode child) {
    child.tensors.forEach((suffix, tensor) -> tensors.put(name + "." + suffix, tensor));
    return with(name, attribute);
  }

  /** A list of modules below this one. */
  public ModuleNode with(String name, List<ModuleNode> children) {
    List<Attribute> objects = new ArrayList<>();
    for (int i = 0; i < children.size(); i++) {
      ModuleNode child = children.get(i);
      String prefix = name + "." + i + ".";
      child.tensors.forEach((suffix, tensor) -> tensors.put(prefix + suffix, tensor));
      objects.add(new Attribute.Child(child.object()));
    }
    return with(name, new Attribute.Children(objects));
  }

  /** What it is. */
  public ScriptObject object() {
    return new ScriptObject(type, attributes);
  }

  /**
   * The name below this module by which a tensor of its tree is loaded.
   *
   * @param tensor the very instance that was given
   * @throws IllegalArgumentException if it has no such tensor
   */
  public String nameOf(NDArray tensor) {
    return tensors.entrySet().stream()
        .filter(entry -> entry.getValue() == tensor)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(type.name() + " has no such tensor"));
  }

  /** What it loads. */
  public Map<String, NDArray> tensors() {
    return tensors;
  }
}
