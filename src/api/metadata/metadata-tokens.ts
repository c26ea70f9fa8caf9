// Session tokens of the instance metadata service: sealed facts, so that nothing is kept for whoever asks for many.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';

/** The longest life of a token, in seconds (EC2 User Guide: "Use the Instance Metadata Service"). */
const LONGEST = 21_600;

/** The seconds that a header asks for; undefined when that is no number from 1 to 21600. */
export function readTokenLife(text: string | undefined): number | undefined {
  const seconds = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= LONGEST ? seconds : undefined;
}

/** A token of `subject` that is good until `expires` (milliseconds since 1970). */
export function makeToken(subject: WorkloadIdentity, expires: number, key: Buffer): string {
  const until = Buffer.alloc(8);
  until.writeBigUInt64BE(BigInt(expires));
  return Buffer.concat([until, seal(subject, until, key)]).toString('base64url');
}

/** Whether `token` was made for `subject` and is good at `now`. */
export function isGoodToken(token: string, subject: WorkloadIdentity, now: number, key: Buffer): boolean {
  const bytes = Buffer.from(token.slice(0, 128), 'base64url');
  if (bytes.length !== 40) return false;
  const until = bytes.subarray(0, 8);
  return timingSafeEqual(bytes.subarray(8), seal(subject, until, key)) && Number(until.readBigUInt64BE()) > now;
}

/** Another workload at the address that this one had is another one. */
function seal({ vpcId, address, id }: WorkloadIdentity, until: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(until)
    .update(JSON.stringify([vpcId, address, id]))
    .digest();
}
