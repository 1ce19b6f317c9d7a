package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.safetensors.SafetensorsHeader;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.torch.TorchFile;
import java.nio.file.Path;
import java.util.List;

/** The kinds of weight files that a directory may hold, the preferred one first. */
enum WeightFiles {
  /** Safetensors. */
  SAFETENSORS("model.safetensors", ".safetensors"),
  /** What torch.save writes. */
  TORCH("pytorch_model.bin", ".bin");

  private final String single;
  private final String extension;

  WeightFiles(String single, String extension) {
    this.single = single;
    this.extension = extension;
  }

  /** Name of the file where there is only one. */
  String single() {
    return single;
  }

  /** Name of the file that says in which file each tensor is. */
  String index() {
    return single + ".index.json";
  }

  /** How the names of such files end. */
  String extension() {
    return extension;
  }

  /** The tensors of a file. */
  List<TensorInfo> read(Path file) {
    return switch (this) {
      case SAFETENSORS -> SafetensorsHeader.read(file);
      case TORCH -> TorchFile.read(file);
    };
  }
}
