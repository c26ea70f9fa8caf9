// What must be ended, gathered in one place and ended in reverse order.

/** Collects endings; `end` runs them last-in-first-out, each once, and reports the first failure after all have run. */
export class Lifetime implements AsyncDisposable {
  #endings: (() => void | PromiseLike<void>)[] = [];
  #ended: Promise<void> | undefined;

  /** Adds an ending and returns `value`, so that opening and registering read as one line. */
  add<T>(value: T, ending: (value: T) => void | PromiseLike<void>): T {
    this.#endings.push(() => ending(value));
    return value;
  }

  /** Adds a disposable. */
  use<T extends AsyncDisposable>(value: T): T {
    return this.add(value, (v) => v[Symbol.asyncDispose]());
  }

  /** Runs every ending once; later calls wait for the same run. */
  end(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (const ending of this.#endings.reverse()) {
      try {
        await ending();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#endings = [];
    if (failures.length > 0) throw failures[0];
  }
}
