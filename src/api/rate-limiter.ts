// How many calls an account may make: token buckets by account, region, service and class of call.

import type { Call } from '../aws/index.ts';
import { Refusal } from '../domain/index.ts';

/** A bucket of `burst` calls into which `perSecond` calls come back each second, as AWS describes it for EC2 (EC2 API: throttling). */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** What a call counts as: one that reads, or one that changes something. */
export type RateClass = 'read' | 'mutate';

/** The limit of each class; a class without one is not limited. */
export type RateLimits = Readonly<Partial<Record<RateClass, RateLimit>>>;

/** Lets a call through, or refuses it with `Throttling` and the seconds after which there is room for it. */
export type AdmitCall = (call: Pick<Call, 'account' | 'region' | 'now'>, serviceCode: string, kind: RateClass) => void;

interface Bucket {
  tokens: number;
  /** When `tokens` was right, in milliseconds since 1970. */
  at: number;
}

/** The most buckets that are remembered: in test mode any account may call. Those that were not used for the longest go, full again. */
const MOST_BUCKETS = 10_000;

/** Makes full buckets. */
export function createRateLimiter(limits: RateLimits): AdmitCall {
  const buckets = new Map<string, Bucket>();
  return ({ account, region, now }, serviceCode, kind) => {
    const limit = limits[kind];
    if (limit === undefined) return;
    const key = `${account}/${region}/${serviceCode}/${kind}`;
    const bucket = buckets.get(key) ?? { tokens: limit.burst, at: now };
    // A clock that is put back takes no tokens away.
    const came = (Math.max(0, now - bucket.at) / 1000) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + came);
    bucket.at = now;
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > MOST_BUCKETS) for (const [oldest] of buckets.entries().take(1)) buckets.delete(oldest);
    if (bucket.tokens < 1) throw throttled(serviceCode, kind, Math.ceil((1 - bucket.tokens) / limit.perSecond));
    bucket.tokens -= 1;
  };
}

/** AWS publishes no quota codes for the rates of these calls: the codes are ours. */
const quotaCodes: Readonly<Record<RateClass, string>> = { read: 'ReadRequestRate', mutate: 'MutateRequestRate' };

function throttled(serviceCode: string, kind: RateClass, retryAfterSeconds: number): Refusal {
  const detail = { kind: 'Throttling', serviceCode, quotaCode: quotaCodes[kind], retryAfterSeconds } as const;
  return new Refusal(detail, 'Rate exceeded');
}
