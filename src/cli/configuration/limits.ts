// The time and size limits that `limits:` in pergola.yaml may set, with their defaults.

import { defaultServerLimits, type ServerLimits } from '../../aws/index.ts';
import { defaultEventRetention } from '../../store/index.ts';
import { defaultProxyLimits, type ProxyLimits } from '../../proxy/index.ts';

/** Every limit by name. Milliseconds unless the name says otherwise. */
export interface Limits extends ProxyLimits, ServerLimits {
  /** A creation, update or deletion that the data plane does not confirm in this time has failed. */
  readonly associationTimeout: number;
  /** How long a deregistered target drains before it is gone (AWS: a minute). */
  readonly targetDrainTime: number;
  /** How long the TXT record of a domain verification is waited for. */
  readonly verificationTime: number;
  /** How often pending domain verifications are looked at. */
  readonly verificationInterval: number;
  /** When a verified domain is looked at again. */
  readonly verificationRecheck: number;
  /** Bytes after which an access log begins a new file. */
  readonly accessLogFileSize: number;
  /** How many older files of an access log are kept; may be 0. */
  readonly accessLogFiles: number;
  /** Characters of access-log lines that a worker holds in all while the disk is slow; more lines are dropped, and counted. */
  readonly accessLogMemory: number;
  /** How long audit events are kept (CloudTrail: 90 days). */
  readonly auditRetention: number;
  /** Bytes of audit events after which the oldest go. */
  readonly auditSize: number;
  /** How long a stop waits for running requests. */
  readonly drainTimeout: number;
  /** How long an environment of a function may take until it asks for its first invocation (Lambda: 10 s). */
  readonly functionInitTimeout: number;
  /** An environment that was not used for this long is stopped. */
  readonly functionIdleTimeout: number;
  /** How long an invocation waits for an environment when all are busy. */
  readonly functionWait: number;
  /** Bytes after which a function's log begins a new file; one older one is kept. */
  readonly functionLogSize: number;
}

/** The limits that hold unless configured. */
export const defaultLimits: Limits = {
  ...defaultProxyLimits,
  ...defaultServerLimits,
  associationTimeout: 60_000,
  targetDrainTime: 60_000,
  verificationTime: 259_200_000,
  verificationInterval: 30_000,
  verificationRecheck: 86_400_000,
  accessLogFileSize: 100_000_000,
  accessLogFiles: 5,
  accessLogMemory: 64_000_000,
  auditRetention: defaultEventRetention.age,
  auditSize: defaultEventRetention.bytes,
  drainTimeout: 5_000,
  functionInitTimeout: 10_000,
  functionIdleTimeout: 300_000,
  functionWait: 1_000,
  functionLogSize: 50_000_000,
};
