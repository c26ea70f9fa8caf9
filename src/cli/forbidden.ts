// A start that the command line or the configuration forbids.

/** `code` is the exit status, the message is for people. */
export class Forbidden extends Error {
  readonly code: 2 | 3;

  constructor(code: 2 | 3, message: string) {
    super(message);
    this.code = code;
  }
}
