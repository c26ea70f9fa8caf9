// The names of a signature's signed headers, read once for all requests that are signed alike.

import { unsignedPayload } from '../canonical-request.ts';

/** The signed headers of a request; positions are those in `names`, -1 when a name is not among them. */
export interface SignedNames {
  /** As they were written: in lower case, ascending, separated by `;`. */
  readonly text: string;
  readonly names: readonly string[];
  readonly host: number;
  readonly date: number;
  readonly payload: number;
  readonly regionSet: number;
  readonly sessionToken: number;
  /** What follows the headers in a canonical request. */
  readonly end: string;
}

/** As many headers as a request can have (User Guide: Quotas); each of its lines is looked up among the names. */
const MOST_NAMES = 100;

/** Reads SignedHeaders; undefined when the names are not ascending, one stands twice, or there are more than a request has headers. */
export function parseSignedNames(text: string): SignedNames | undefined {
  const names = text.split(';', MOST_NAMES + 1);
  if (names.length > MOST_NAMES) return undefined;
  for (let i = 1; i < names.length; i++) if (!((names[i - 1] ?? '') < (names[i] ?? ''))) return undefined;
  if (names[0] === '') return undefined;
  return {
    text,
    names,
    host: names.indexOf('host'),
    date: names.indexOf('x-amz-date'),
    payload: names.indexOf('x-amz-content-sha256'),
    regionSet: names.indexOf('x-amz-region-set'),
    sessionToken: names.indexOf('x-amz-security-token'),
    end: `\n${text}\n${unsignedPayload}`,
  };
}
