// Compiled documents, kept by their text: many users and sessions share a few.

import { compileDocument } from './compile-document.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { PolicyKind } from './parse-policy.ts';

/** As `compileDocument`. */
export type PolicyMemo = (document: string, kind: PolicyKind) => CompiledPolicy;

/** Makes a memo of up to `most` documents; those that were not asked for the longest go. */
export function createPolicyMemo(most: number): PolicyMemo {
  const known = new Map<string, CompiledPolicy>();
  return (document, kind) => {
    const key = `${kind} ${document}`;
    const found = known.get(key);
    if (found !== undefined) {
      known.delete(key);
      known.set(key, found);
      return found;
    }
    const compiled = compileDocument(document, kind);
    const [oldest] = known.size >= most ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    known.set(key, compiled);
    return compiled;
  };
}
