// Times as the wire's shapes have them.

import type { BaseRecord } from '../../domain/records/index.ts';

/** `createdAt` and `lastUpdatedAt` of a record. */
export function describeTimes(record: Pick<BaseRecord, 'createdAt' | 'lastUpdatedAt'>): {
  readonly createdAt: Date;
  readonly lastUpdatedAt: Date;
} {
  return { createdAt: new Date(record.createdAt), lastUpdatedAt: new Date(record.lastUpdatedAt) };
}
