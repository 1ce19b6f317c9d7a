package dev.assay.engine.config;

/**
 * Something that the user gave is wrong: a file, a key, a name, an argument.
 *
 * <p>The message is the whole error as the user is to read it: it names the file and the line or
 * key, what was found and what was expected. The command line prints it without a stack trace and
 * exits with code 2.
 */
public class BadInputException extends RuntimeException {
  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
