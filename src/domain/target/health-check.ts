// The settings of health checks: defaults, ranges, and what resets a setting.

import type { Draft } from '../draft.ts';
import type { HealthCheck, TargetGroup } from '../records/lattice.ts';
import { checkFields, type InvalidField } from '../refusal.ts';

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

type Group = Draft<Pick<TargetGroup, 'type' | 'protocol' | 'protocolVersion'>>;

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

/** `before` (for a new group: the defaults) with `input`. Members that are absent stay. Refuses what `wrongHealthCheck` names. */
export function decideHealthCheck(
  group: Group,
  input: HealthCheckInput | undefined,
  before?: HealthCheck,
): HealthCheck | undefined {
  checkFields(wrongHealthCheck(group, input, before));
  if (!hasHealthCheck(group)) return undefined;
  const defaults = defaultHealthCheck(group);
  const present = before ?? defaults;
  if (input === undefined) return present;
  const enabled = input.enabled ?? present.enabled;
  const protocol = input.protocol === 'TCP' ? undefined : (input.protocol ?? present.protocol);
  const protocolVersion = input.protocolVersion ?? present.protocolVersion;
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

/** Whether groups of this type have a check at all (User Guide: Health checks). */
function hasHealthCheck({ type }: Pick<Group, 'type'>): boolean {
  return type !== 'LAMBDA' && type !== 'ALB';
}

/** What is wrong with the settings of a check for such a group: alone, out of range, and beside what the group has. */
export function wrongHealthCheck(
  group: Group,
  input: Draft<HealthCheckInput> | undefined,
  before?: HealthCheck,
): readonly InvalidField[] {
  if (input === undefined) return [];
  if (!hasHealthCheck(group))
    return [{ name: 'healthCheck', message: `target groups of type ${group.type} have no health checks` }];
  const wrong = wrongRanges(input);
  const present = before ?? defaultHealthCheck(group);
  const { enabled = present.enabled, protocol = present.protocol, protocolVersion = present.protocolVersion } = input;
  if (protocol === 'TCP') wrong.push({ name: 'healthCheck.protocol', message: 'health checks use HTTP or HTTPS' });
  if (enabled && (protocol === undefined || protocolVersion === undefined))
    wrong.push({
      name: 'healthCheck',
      message: 'the check of a TCP target group needs protocol and protocolVersion',
    });
  return wrong;
}

function choose<T>(given: T | undefined, present: T | undefined, usual: T | undefined): T | undefined {
  if (given === undefined) return present;
  return given === 0 || given === '' ? usual : given;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** The settings that are numbers, what calls name them, and from where to where they may go; 0 resets them (API Reference: HealthCheckConfig). */
const ranges = {
  port: ['port', 1, 65535],
  intervalSeconds: ['healthCheckIntervalSeconds', 5, 300],
  timeoutSeconds: ['healthCheckTimeoutSeconds', 1, 120],
  healthyThreshold: ['healthyThresholdCount', 2, 10],
  unhealthyThreshold: ['unhealthyThresholdCount', 2, 10],
} as const;

function wrongRanges(input: Draft<HealthCheckInput>): InvalidField[] {
  const wrong: InvalidField[] = [];
  const names = Object.keys(ranges) as (keyof typeof ranges)[];
  for (const name of names) {
    const [member, low, high] = ranges[name];
    const value = input[name] ?? 0;
    if (value !== 0 && !(value >= low && value <= high))
      wrong.push({ name: `healthCheck.${member}`, message: `${value} is not between ${low} and ${high}` });
  }
  const { path = '', matcher = '' } = input;
  if (path !== '' && !path.startsWith('/')) wrong.push({ name: 'healthCheck.path', message: 'a path begins with /' });
  if (matcher !== '' && !isMatcher(matcher))
    wrong.push({
      name: 'healthCheck.matcher.httpCode',
      message: `${matcher} is not a list of codes or ranges within 200-499`,
    });
  return wrong;
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
