// From a document's text to the form that is evaluated, whatever the text is.

import { compilePolicy, type CompiledPolicy } from './compile-policy.ts';
import { parsePolicy, type PolicyKind } from './parse-policy.ts';

const everything = { negated: false, patterns: ['*'] };

const denying = compilePolicy({
  version: '2012-10-17',
  statements: [
    {
      effect: 'Deny',
      action: everything,
      resource: everything,
      conditions: [],
      ...{ pointer: '', line: 1, column: 1 },
    },
  ],
});

/** The compiled form of `document`. One that cannot be read, which nobody takes, denies everything: what it was to deny is not known. */
export function compileDocument(document: string, kind: PolicyKind): CompiledPolicy {
  const parsed = parsePolicy(document, kind);
  return parsed.ok ? compilePolicy(parsed.document) : denying;
}
