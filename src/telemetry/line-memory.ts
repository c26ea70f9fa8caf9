// How much of a process the lines may take that wait for their files, in sum over all files.

/** A budget in characters; JSON lines are almost ASCII, of which V8 keeps one byte each. */
export interface LineMemory {
  /** Takes room for `characters`; false when there is none. */
  take(characters: number): boolean;
  /** Gives room back. */
  give(characters: number): void;
}

/** Makes a budget of `most` characters. */
export function createLineMemory(most: number): LineMemory {
  let held = 0;
  return {
    take(characters) {
      if (held + characters > most) return false;
      held += characters;
      return true;
    },
    give(characters) {
      held -= characters;
    },
  };
}
