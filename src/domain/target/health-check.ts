// The settings of health checks: defaults, ranges, and what resets a setting.

import type { HealthCheck, TargetGroup } from '../records/lattice.ts';
import { invalidField } from '../refusal.ts';

/** Settings as a caller gives them. 0, or the empty text, resets one to its default. */
export interface HealthCheckInput {
  readonly enabled?: boolean;
  readonly protocol?: 'HTTP' | 'HTTPS' | 'TCP';
  readonly protocolVersion?: 'HTTP1' | 'HTTP2';
  readonly port?: number;
  readonly path?: string;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly healthyThreshold?: number;
  readonly unhealthyThreshold?: number;
  readonly matcher?: string;
}

type Group = Pick<TargetGroup, 'type' | 'protocol' | 'protocolVersion'>;

/**
 * The defaults of a group's check (behaviour.md 6; the AWS Gateway API Controller compares them member by member): on for
 * HTTP1 only; for TCP nothing but `enabled: false`.
 */
function defaultHealthCheck(group: Group): HealthCheck {
  if (group.protocol === 'TCP') return { enabled: false };
  return {
    enabled: group.protocolVersion === 'HTTP1',
    protocol: 'HTTP',
    protocolVersion: group.protocolVersion === 'HTTP2' ? 'HTTP2' : 'HTTP1',
    path: '/',
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
    matcher: '200',
  };
}

/** `before` (for a new group: the defaults) with `input`. Members that are absent stay. Refuses what is out of range. */
export function decideHealthCheck(
  group: Group,
  input: HealthCheckInput | undefined,
  before?: HealthCheck,
): HealthCheck | undefined {
  if (group.type === 'LAMBDA' || group.type === 'ALB') {
    if (input !== undefined)
      throw invalidField('healthCheck', `target groups of type ${group.type} have no health checks`);
    return undefined;
  }
  const defaults = defaultHealthCheck(group);
  const present = before ?? defaults;
  if (input === undefined) return present;
  checkRanges(input);
  const enabled = input.enabled ?? present.enabled;
  const protocol = input.protocol ?? present.protocol;
  if (protocol === 'TCP') throw invalidField('healthCheck.protocol', 'health checks use HTTP or HTTPS');
  const protocolVersion = input.protocolVersion ?? present.protocolVersion;
  if (enabled && (protocol === undefined || protocolVersion === undefined))
    throw invalidField('healthCheck', 'the check of a TCP target group needs protocol and protocolVersion');
  // A TCP group has no defaults while its check is off; once a check is configured, the usual ones fill it.
  const usual = protocol === undefined ? defaults : defaultHealthCheck({ ...group, protocol: 'HTTP' });
  const settled = { ...usual, ...present };
  const port = choose(input.port, settled.port, undefined);
  const merged = {
    protocol,
    protocolVersion,
    port,
    path: choose(input.path, settled.path, usual.path),
    intervalSeconds: choose(input.intervalSeconds, settled.intervalSeconds, usual.intervalSeconds),
    timeoutSeconds: choose(input.timeoutSeconds, settled.timeoutSeconds, usual.timeoutSeconds),
    healthyThreshold: choose(input.healthyThreshold, settled.healthyThreshold, usual.healthyThreshold),
    unhealthyThreshold: choose(input.unhealthyThreshold, settled.unhealthyThreshold, usual.unhealthyThreshold),
    matcher: choose(input.matcher, settled.matcher, usual.matcher),
  };
  return { enabled, ...withoutAbsent(merged) };
}

function choose<T>(given: T | undefined, present: T | undefined, usual: T | undefined): T | undefined {
  if (given === undefined) return present;
  return given === 0 || given === '' ? usual : given;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function checkRanges(input: HealthCheckInput): void {
  const range = (name: keyof HealthCheckInput, low: number, high: number): void => {
    const value = input[name];
    if (typeof value === 'number' && value !== 0 && !(value >= low && value <= high))
      throw invalidField(`healthCheck.${name}`, `${value} is not between ${low} and ${high}`);
  };
  range('port', 1, 65535);
  range('intervalSeconds', 5, 300);
  range('timeoutSeconds', 1, 120);
  range('healthyThreshold', 2, 10);
  range('unhealthyThreshold', 2, 10);
  if (input.path !== undefined && input.path !== '' && !input.path.startsWith('/'))
    throw invalidField('healthCheck.path', 'a path begins with /');
  if (input.matcher !== undefined && input.matcher !== '' && !isMatcher(input.matcher))
    throw invalidField('healthCheck.matcher', `${input.matcher} is not a list of codes or ranges within 200-499`);
}

function isMatcher(text: string): boolean {
  return text.split(',').every((part) => {
    const match = /^(\d{3})(?:-(\d{3}))?$/.exec(part);
    if (match === null) return false;
    const low = Number(match[1]);
    const high = Number(match[2] ?? match[1]);
    return low >= 200 && low <= high && high <= 499;
  });
}
