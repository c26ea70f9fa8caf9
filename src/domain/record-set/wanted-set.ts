// A record set as a change asks for it: judged by itself, in Route 53's words.

import { HOSTED_ZONE_ID } from '../generated-names.ts';
import { canonicalName, isInZone } from '../hosted-zone/zone-name.ts';
import type { HostedZone, RecordSet, RecordSetType } from '../records/hosted-zone.ts';
import { route53Refusal } from '../refusal.ts';
import { encodeRecordValue, recordSetTypes } from './record-value.ts';

/** One change of a batch; members as ResourceRecordSet has them. */
export interface RecordSetChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly values?: readonly string[];
  readonly alias?: { readonly zoneId: string; readonly name: string; readonly evaluateTargetHealth: boolean };
  readonly setIdentifier?: string;
  readonly weight?: number;
  readonly healthCheckId?: string;
  /** Members that choose among record sets in a way that there is not here: `Failover`, `GeoLocation`. */
  readonly otherRouting: readonly string[];
}

/** What a change names: the part of a record set that does not depend on when it is made. */
export type WantedSet = Pick<RecordSet, 'name' | 'type' | 'ttl' | 'values' | 'alias' | 'setIdentifier' | 'weight'>;

/** The most values of one record set (Developer Guide: Quotas). */
const MOST_VALUES = 400;

/** The record set that `change` names, with what is wrong with it in `problems`; throws what makes Route 53 refuse the whole request. */
export function readWantedSet(zone: HostedZone, change: RecordSetChange, problems: string[]): WantedSet | undefined {
  checkForm(change);
  const { ttl, setIdentifier, weight, values = [] } = change;
  const type = recordSetTypes.find((one) => one === change.type);
  if (type === undefined)
    throw route53Refusal(
      'InvalidInput',
      `Pergola has no record sets of type ${change.type}: ${recordSetTypes.join(', ')}.`,
    );
  const name = canonicalName(change.name);
  if (name === undefined) {
    problems.push(`${change.name} is not a valid DNS name`);
    return undefined;
  }
  if (!isInZone(name, zone.name)) problems.push(`RRSet with DNS name ${name}. is not permitted in zone ${zone.name}.`);
  checkValues(type, values, problems);
  const alias = readAlias(zone, name, type, change, problems);
  return {
    name,
    type,
    values,
    ...(ttl === undefined ? {} : { ttl }),
    ...(alias === undefined ? {} : { alias }),
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(weight === undefined ? {} : { weight }),
  };
}

/** Which members go together. */
function checkForm(change: RecordSetChange): void {
  const { action, name, type, ttl, values, alias, setIdentifier, weight, healthCheckId, otherRouting } = change;
  const where = `in Change with [Action=${action}, Name=${name}, Type=${type}, SetIdentifier=${setIdentifier ?? 'null'}]`;
  const refuse = (what: string) => route53Refusal('InvalidInput', `Invalid request: ${what} ${where}`);
  if (otherRouting.length > 0)
    throw refuse(`Pergola has simple and weighted routing alone, but found ${otherRouting.join(', ')}`);
  if (healthCheckId !== undefined)
    throw route53Refusal('NoSuchHealthCheck', `No health check exists with the specified ID: ${healthCheckId}`);
  const hasValues = ttl !== undefined || (values !== undefined && values.length > 0);
  const whole = ttl !== undefined && values !== undefined && values.length > 0;
  const oneOf = 'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
  if (alias !== undefined && hasValues) throw refuse(`${oneOf}, but found more than one`);
  if (alias === undefined && !whole) throw refuse(`${oneOf}, but found none`);
  if (ttl !== undefined && (ttl < 0 || ttl > 2_147_483_647)) throw refuse(`TTL ${ttl} is not in its range`);
  if (weight !== undefined && (weight < 0 || weight > 255)) throw refuse(`Weight ${weight} is not between 0 and 255`);
  if (weight !== undefined && setIdentifier === undefined) throw refuse(`Missing field 'SetIdentifier'`);
  if (weight === undefined && setIdentifier !== undefined)
    throw refuse(
      'Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer], but found none',
    );
  if (setIdentifier !== undefined && !/^.{1,128}$/su.test(setIdentifier))
    throw refuse('SetIdentifier has 1 to 128 characters');
}

function checkValues(type: RecordSetType, values: readonly string[], problems: string[]): void {
  if (values.length > MOST_VALUES) problems.push(`A resource record set can have at most ${MOST_VALUES} values`);
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) problems.push(`Duplicate Resource Record: '${value}'`);
    seen.add(value);
    const encoded = encodeRecordValue(type, value);
    if ('problem' in encoded) problems.push(encoded.problem);
  }
  if ((type === 'CNAME' || type === 'SOA') && values.length > 1)
    problems.push(`RRSet of type ${type} must have exactly one value`);
}

function readAlias(
  zone: HostedZone,
  name: string,
  type: RecordSetType,
  { alias }: RecordSetChange,
  problems: string[],
): RecordSet['alias'] {
  if (alias === undefined) return undefined;
  const target = canonicalName(alias.name);
  const zoneId = alias.zoneId.replace(/^\/?hostedzone\//, '');
  const complain = (what: string): undefined => {
    problems.push(`Tried to create an alias that targets ${alias.name}, type ${type} in zone ${zoneId}, but ${what}`);
  };
  if (target === undefined) return complain('the alias target name is no name');
  if (type === 'NS' || type === 'SOA') return complain(`no alias can be of type ${type}`);
  if (zoneId === HOSTED_ZONE_ID) {
    if (!/\.vpc-lattice-(?:svcs|rsc)\.[a-z0-9-]+\.on\.aws$/.test(target))
      return complain('the alias target name does not lie within the target zone');
    if (type !== 'A' && type !== 'AAAA') return complain('that target was not found');
  } else if (zoneId !== zone.id) return complain('that target was not found');
  else if (!isInZone(target, zone.name)) return complain('the alias target name does not lie within the target zone');
  else if (target === name) return complain('that is the alias itself');
  return { zoneId, name: target, evaluateTargetHealth: alias.evaluateTargetHealth };
}
