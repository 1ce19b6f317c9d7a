package dev.assay.engine.torch;

/**
 * A TorchScript class in a resource: {@code class Int4Linear(Module)} in {@code linear.py} is
 * {@code linear.Int4Linear}, which scripts call {@code __torch__.linear.Int4Linear}.
 *
 * @param anchor a Java class beside whose resources the file is
 * @param module name of the file without {@code .py}; one file of a name is in a tree
 * @param name of the class
 */
public record ScriptClass(Class<?> anchor, String module, String name) {
  /** The class by the name that Java gives it, such as {@code linear.Int4Linear}. */
  public static ScriptClass of(Class<?> anchor, String qualified) {
    int dot = qualified.lastIndexOf('.');
    if (dot < 1) {
      throw new IllegalArgumentException(
          "found '" + qualified + "', expected a file and a class such as linear.DenseLinear");
    }
    return new ScriptClass(anchor, qualified.substring(0, dot), qualified.substring(dot + 1));
  }
}
