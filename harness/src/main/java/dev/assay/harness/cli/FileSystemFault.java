package dev.assay.harness.cli;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** What the file system refused: the user's to mend, so one line, wherever it came up. */
final class FileSystemFault {
  private FileSystemFault() {}

  /** One line on what stood in the way; nothing if it was no matter of files. */
  static Optional<String> of(Throwable thrown) {
    for (Throwable cause : ExceptionUtils.getThrowableList(thrown)) {
      if (cause instanceof InvalidPathException path) {
        return Optional.of(line(path));
      }
      if (cause instanceof FileSystemException file) {
        return Optional.of(line(thrown, file));
      }
      if (cause instanceof ReadOnlyFileSystemException) {
        return Optional.of("the file system can only be read");
      }
      // What cannot be written as JSON, or read as a record of ours, is our own fault.
      if (cause instanceof IOException io && !(io instanceof JacksonException)) {
        return Optional.of(withContext(thrown, io));
      }
    }
    return Optional.empty();
  }

  private static String line(InvalidPathException path) {
    // What the JDK says of letters that the locale has no bytes for.
    return path.getReason().contains("unmappable")
        ? path.getInput()
            + ": this locale cannot write such a file name; set LC_ALL=C.UTF-8, or another locale"
            + " of UTF-8"
        : withoutControls(path.getInput()) + ": no path: " + path.getReason();
  }

  private static String withoutControls(String text) {
    return text.replaceAll("\\p{Cntrl}", "\uFFFD");
  }

  private static String line(Throwable thrown, FileSystemException refused) {
    String text = refused.getFile() + ": " + reason(refused);
    String message = message(thrown);
    boolean told = refused.getFile() != null && message.contains(refused.getFile());
    return told && message.contains(reason(refused)) ? message : text;
  }

  private static String reason(FileSystemException refused) {
    if (refused instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (refused instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (refused instanceof FileAlreadyExistsException) {
      return "found a file, expected a directory or nothing";
    }
    if (refused instanceof NotDirectoryException) {
      return "found a file, expected a directory";
    }
    if (refused instanceof DirectoryNotEmptyException) {
      return "the directory is not empty";
    }
    if (refused instanceof FileSystemLoopException) {
      return "a link leads back to itself";
    }
    String reason = refused.getReason();
    return reason == null ? "refused by the file system" : reason;
  }

  private static String withContext(Throwable thrown, IOException cause) {
    String message = message(thrown);
    String reason = message(cause);
    return message.contains(reason) ? message : message + ": " + reason;
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    return (message == null ? thrown.getClass().getSimpleName() : message).replaceAll("\\R", " ");
  }
}
