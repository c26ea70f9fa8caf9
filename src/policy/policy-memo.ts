// Compiled documents, kept by their text: many users and sessions share a few.

import { compilePolicy, type CompiledPolicy } from './compile-policy.ts';
import { parsePolicy, type PolicyKind } from './parse-policy.ts';

/** The compiled form of a document; of one that is no policy a form that applies to nothing. */
export type PolicyMemo = (document: string, kind: PolicyKind) => CompiledPolicy;

const silent: CompiledPolicy = { statements: [], denying: [], allowing: [] };

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
    const parsed = parsePolicy(document, kind);
    const compiled = parsed.ok ? compilePolicy(parsed.document) : silent;
    const [oldest] = known.size >= most ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    known.set(key, compiled);
    return compiled;
  };
}
