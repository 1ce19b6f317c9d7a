package dev.assay.engine.checkpoint.torch.pickle;

import dev.assay.engine.checkpoint.torch.pickle.PickleValue.Global;
import java.util.Set;

/** The names that the pickle of a state dictionary may mention. */
final class TorchGlobals {
  static final Global REBUILD_TENSOR = new Global("torch._utils", "_rebuild_tensor_v2");
  static final Global REBUILD_PARAMETER = new Global("torch._utils", "_rebuild_parameter");
  static final Global SIZE = new Global("torch", "Size");

  private static final Set<Global> OTHERS =
      Set.of(
          REBUILD_TENSOR,
          REBUILD_PARAMETER,
          SIZE,
          Global.ORDERED_DICT,
          new Global("torch", "device"),
          new Global("torch.storage", "UntypedStorage"),
          new Global("torch.storage", "TypedStorage"));

  private static final Set<String> STORAGES =
      Set.of(
          "DoubleStorage",
          "FloatStorage",
          "HalfStorage",
          "BFloat16Storage",
          "LongStorage",
          "IntStorage",
          "ShortStorage",
          "CharStorage",
          "ByteStorage",
          "BoolStorage");

  private TorchGlobals() {}

  static boolean allowed(Global global) {
    return OTHERS.contains(global)
        || (global.module().equals("torch") && STORAGES.contains(global.name()));
  }
}
