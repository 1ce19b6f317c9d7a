package dev.assay.harness.teach;

import dev.assay.engine.teacher.chat.Ledger;
import dev.assay.engine.teacher.chat.Price;
import dev.assay.engine.teacher.chat.PromptCounter;
import dev.assay.engine.teacher.chat.TextTeacher;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A teacher that may be asked; until it is opened nothing is sent or loaded. */
interface TeacherSource extends AutoCloseable {
  /** The one that is chosen. */
  static TeacherSource of(TeacherChoice choice, Map<String, String> environment) {
    return choice.server() != null
        ? new ServerSource(choice.server(), environment)
        : new LocalSource(String.valueOf(choice.local()));
  }

  /** What answers are kept under. */
  URI base();

  /** Name of the model. */
  String model();

  /** Counts its tokens; null if its tokenizer is not known. */
  @Nullable PromptCounter counter();

  /** What tokens cost; null if nobody said. */
  @Nullable Price price();

  /** Requests at a time. */
  int parallel();

  /**
   * The teacher, ready to be asked.
   *
   * @param ledger hears of attempts that broke off
   */
  TextTeacher open(Ledger ledger);

  @Override
  void close();
}
