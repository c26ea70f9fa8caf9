// Where the entry file of a child process or thread is: beside its caller, with the extension that the running code has.

import { extname } from 'node:path';

/**
 * The URL of the module `name` (without extension) beside the module `base` (its `import.meta.url`). A checkout runs `.ts`
 * files, the published package `.js` ones; this file's own name tells which.
 */
export function entryUrl(base: string, name: string): URL {
  return new URL(`${name}${extname(import.meta.filename)}`, base);
}
