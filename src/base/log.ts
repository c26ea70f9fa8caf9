// Structured log lines for people at three in the morning; one JSON object a line.

/** Writes log lines. `fields` are plain data; an `error` field may hold an `Error`. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A log whose lines carry `fields` too. */
  with(fields: Readonly<Record<string, unknown>>): Log;
}

/** Makes a log that hands finished lines (with newline) to `write`. */
export function createLog(
  write: (line: string) => void,
  now: () => number,
  fixed: Readonly<Record<string, unknown>> = {},
): Log {
  const put = (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const line = { time: new Date(now()).toISOString(), level, message, ...fixed, ...fields };
    write(
      `${JSON.stringify(line, (_key, value: unknown) => (value instanceof Error ? describeError(value) : value))}\n`,
    );
  };
  return {
    info: (message, fields) => put('info', message, fields),
    warn: (message, fields) => put('warn', message, fields),
    error: (message, fields) => put('error', message, fields),
    with: (fields) => createLog(write, now, { ...fixed, ...fields }),
  };
}

/** A log that keeps nothing. */
export const silentLog: Log = { info() {}, warn() {}, error() {}, with: () => silentLog };

function describeError(error: Error): unknown {
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  };
}
