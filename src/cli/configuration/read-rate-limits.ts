// Reads `rateLimits:` of pergola.yaml: how many calls of the API an account may make.

import type { RateClass, RateLimit, RateLimits } from '../../api/index.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

const classes = ['read', 'mutate'] as const satisfies readonly RateClass[];

/** The limits by class; a class that the file does not name has none. */
export function readRateLimits(reader: YamlReader, place: Place | undefined): RateLimits {
  const limits: Partial<Record<RateClass, RateLimit>> = {};
  for (const [name, one] of reader.fields(place, classes) ?? []) {
    const fields = reader.fields(one, ['burst', 'perSecond']);
    if (fields === undefined) continue;
    const burst = reader.integer(reader.need(one, fields, 'burst'), 1, 1_000_000);
    const perSecond = reader.integer(reader.need(one, fields, 'perSecond'), 1, 1_000_000);
    if (burst !== undefined && perSecond !== undefined) limits[name] = { burst, perSecond };
  }
  return limits;
}
