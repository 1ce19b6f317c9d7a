package dev.assay.harness.teach;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.teacher.chat.Ledger;
import dev.assay.engine.teacher.chat.Price;
import dev.assay.engine.teacher.chat.PromptCounter;
import dev.assay.engine.teacher.chat.TextTeacher;
import dev.assay.engine.teacher.local.AnswerEnds;
import dev.assay.engine.teacher.local.LocalTeacher;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model on this machine as a teacher, on its processor. It costs nothing but time. */
final class LocalSource implements TeacherSource {
  private final String path;
  private final Checkpoint checkpoint;
  private final ModelSpec spec;
  private final Tokenizer tokenizer;
  private final ChatEncoder encoder;
  private @Nullable TorchSession torch;
  private @Nullable LanguageModel model;

  LocalSource(String path) {
    this.path = path;
    this.checkpoint = new Families().belonging(Checkpoint.open(Path.of(path)));
    this.spec = new Families().architecture(checkpoint);
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "local: found a model of %s that does not continue text in %s, expected one that does"
              .formatted(spec.family(), path));
    }
    this.tokenizer = checkpoint.tokenizer();
    this.encoder = ChatEncoder.of(checkpoint, tokenizer);
  }

  @Override
  public URI base() {
    return LocalTeacher.base(checkpoint, tokenizer, encoder, ends());
  }

  /** Not where it lies, so that answers are found again when it has moved. */
  @Override
  public String model() {
    return String.valueOf(Path.of(path).toAbsolutePath().normalize().getFileName());
  }

  @Override
  public PromptCounter counter() {
    return encoder;
  }

  @Override
  public @Nullable Price price() {
    return null;
  }

  @Override
  public int parallel() {
    return 1;
  }

  @Override
  public TextTeacher open(Ledger ledger) {
    TorchSession opened =
        TorchSession.open(TorchDevice.CPU, Runtime.getRuntime().availableProcessors());
    torch = opened;
    LanguageModel loaded =
        LanguageModel.load(opened, checkpoint, spec, Execution.reference(TorchDevice.CPU));
    model = loaded;
    return new LocalTeacher(opened, loaded, tokenizer, encoder, ends());
  }

  private Set<Long> ends() {
    return AnswerEnds.of(checkpoint, tokenizer);
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
    if (torch != null) {
      torch.close();
    }
    tokenizer.close();
  }
}
