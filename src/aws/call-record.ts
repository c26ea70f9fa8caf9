// Follows one call of an operation from its arrival to its end, and describes it for audit events.

import type { AuditedCall } from '../base/audited-call.ts';
import type { Random } from '../base/random.ts';
import type { ServiceDefinition } from './codec.ts';
import type { Operation } from './schema.ts';
import type { ServiceError } from './service-error.ts';
import { toLoggable } from './to-loggable.ts';

/** What a request says of itself, believed or not. */
export interface Claim {
  /** Undefined when the request claims none. */
  readonly accessKeyId: string | undefined;
  readonly account: string;
  readonly region: string;
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The record of one call. */
export interface CallRecord {
  /** The signature is good. */
  believe(caller: Claim & { readonly principalArn: string }): void;
  /** The input has been decoded. */
  read(input: unknown): void;
  /** The call as one that is answered with `output`. */
  readonly answered: (output: unknown) => AuditedCall;
  /** The call as one that ends with `error`; `claim` is asked when its signature was not believed. */
  readonly refused: (error: ServiceError, claim: () => Claim) => AuditedCall;
}

/** Begins the record of a call. */
export function createCallRecord(
  definition: ServiceDefinition,
  operation: Operation,
  source: Pick<AuditedCall, 'requestId' | 'sourceIp' | 'sourceVpc'>,
  random: Pick<Random, 'uuid'>,
): CallRecord {
  let caller: (Claim & { readonly principalArn: string }) | undefined;
  let input: unknown;
  const describe = ({ accessKeyId, account, region, userAgent, now }: Claim, end: AuditedCall['end']): AuditedCall => ({
    principalArn: caller?.principalArn,
    accessKeyId,
    account,
    region,
    service: definition.signingName,
    operation: operation.name,
    requestId: source.requestId,
    eventId: random.uuid(),
    sourceIp: source.sourceIp,
    ...(source.sourceVpc === undefined ? {} : { sourceVpc: source.sourceVpc }),
    userAgent,
    time: now,
    parameters: toLoggable(operation.input, input),
    end,
  });
  return {
    believe(one) {
      caller = one;
    },
    read(one) {
      input = one;
    },
    answered(output) {
      if (caller === undefined) throw new Error('a call was answered before its caller was known');
      let elements: unknown;
      return describe(caller, {
        kind: 'answered',
        // Made when asked for: events of reads have none, and a list is long.
        get elements() {
          return (elements ??= toLoggable(operation.output, output ?? {}));
        },
      });
    },
    refused: ({ code, message }, claim) => describe(caller ?? claim(), { kind: 'refused', code, message }),
  };
}
