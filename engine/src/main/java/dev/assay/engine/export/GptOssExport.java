package dev.assay.engine.export;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;

/**
 * GPT-OSS's layout of MXFP4, which holds all experts of a linear in one tensor, transposed, and is
 * that family's alone.
 */
record GptOssExport() implements ExportFormat {
  @Override
  public String name() {
    return "mxfp4";
  }

  @Override
  public String summary() {
    return "Hugging Face directory, experts packed as GPT-OSS has them";
  }

  /**
   * {@inheritDoc}
   *
   * @throws BadInputException always, as GPT-OSS is none of the families that run
   */
  @Override
  public Exported export(
      TorchSession torch, Checkpoint source, Path target, ExportOptions options) {
    String type = source.config().path("model_type").asText("");
    throw new BadInputException(
        "%s: model_type: found '%s', expected %s; compressed-tensors has MXFP4 for linears of any"
                .formatted(
                    source.configuration(),
                    type,
                    type.equals("gpt_oss")
                        ? "one of the families that run here, of which GPT-OSS is none yet"
                        : "gpt_oss, whose experts alone mxfp4 is the layout of")
            + " family that runs");
  }
}
