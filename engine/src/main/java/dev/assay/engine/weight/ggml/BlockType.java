package dev.assay.engine.weight.ggml;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;

/**
 * Types of ggml whose weights stay in their blocks: those that are no uniform grid with whole
 * zeros. Blocks lie along a row. The classes in {@code ggml.py} say what is in them.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h">The blocks</a>
 */
public enum BlockType {
  Q4_1(32, 20, "Q41"),
  Q5_1(32, 24, "Q51"),
  Q2_K(256, 84, "Q2K"),
  Q3_K(256, 110, "Q3K"),
  Q4_K(256, 144, "Q4K"),
  Q5_K(256, 176, "Q5K"),
  Q6_K(256, 210, "Q6K"),
  Q8_K(256, 292, "Q8K"),
  IQ4_NL(32, 18, "Iq4Nl"),
  IQ4_XS(256, 136, "Iq4Xs"),
  TQ1_0(256, 54, "Tq1"),
  TQ2_0(256, 66, "Tq2"),
  MXFP4(32, 17, "Mxfp4"),
  NVFP4(64, 36, "Nvfp4");

  private final int blockValues;
  private final int blockBytes;
  private final String script;

  BlockType(int blockValues, int blockBytes, String script) {
    this.blockValues = blockValues;
    this.blockBytes = blockBytes;
    this.script = script;
  }

  /** Values a block. */
  public int blockValues() {
    return blockValues;
  }

  /** Bytes a block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** What turns blocks into values, a {@code ggml.Blocks}. */
  ModuleNode decoder() {
    return new ModuleNode(ScriptClass.of(BlockType.class, "ggml." + script));
  }
}
