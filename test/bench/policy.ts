// `npm run bench -- policy`: evaluations of a policy of the greatest size, and what the worst request costs that was found.

import {
  compilePolicy,
  evaluatePolicy,
  parsePolicy,
  type CompiledPolicy,
  type PolicyRequest,
} from '../../src/policy/index.ts';
import { parseRequestHead } from '../../src/proxy/http1/request-head.ts';
import { anonymousCaller } from '../../src/proxy/identity/caller.ts';
import { MOST_EFFORT } from '../../src/proxy/request/auth-layer.ts';
import { authorize } from '../../src/proxy/request/authorize.ts';
import { findDoor } from '../../src/proxy/request/decide.ts';
import { HOST, sampleClient, sampleSnapshot } from '../../src/proxy/snapshot-sample.ts';
import { createWorldCompiler } from '../../src/proxy/world.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';

/** The most characters of an auth policy (PutAuthPolicy). */
const LARGEST = 36_864;

/** Characters of the longest header that a request can have. */
const LONGEST = 59_000;

function compiled(statements: readonly object[]): CompiledPolicy {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'resource');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return compilePolicy(parsed.document);
}

/** As many of `make` as there is room for. */
function fill<T>(room: number, make: (i: number) => T): readonly T[] {
  const all: T[] = [];
  for (let i = 0, size = 0; ; i++) {
    const one = make(i);
    size += JSON.stringify(one).length + 1;
    if (size > room) return all;
    all.push(one);
  }
}

/** A team each: who, what, below which path, how. */
const everyday = compiled(
  fill(LARGEST - 60, (i) => ({
    Effect: i % 3 === 0 ? 'Deny' : 'Allow',
    Principal: { AWS: `arn:aws:iam::123456789012:role/team-${i}` },
    Action: 'vpc-lattice-svcs:Invoke',
    Resource: `arn:aws:vpc-lattice:*:*:service/svc-*/team-${i}/*`,
    Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['GET', 'PUT'] } },
  })),
);

/** One condition on a header with as many values as there is room for. */
const onHeader = (operator: string, make: (i: number) => string): CompiledPolicy =>
  compiled([
    {
      ...{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
      Condition: { [operator]: { 'vpc-lattice-svcs:RequestHeader/x': fill(LARGEST - 300, make) } },
    },
  ]);

/** Policies and headers that were made to cost as much as they can. */
const hostile: readonly (readonly [what: string, policy: CompiledPolicy, header: string])[] = [
  ['*ab* thousands of times, a long header of a', onHeader('StringLike', () => '*ab*'), 'a'.repeat(LONGEST)],
  ['*a?b* thousands of times, the same', onHeader('StringLike', () => '*a?b*'), 'a'.repeat(LONGEST)],
  [
    '*a?a?…b* as long as a policy, the same',
    onHeader('StringLike', () => `*${'a?'.repeat(15_000)}b*`),
    'a'.repeat(LONGEST),
  ],
  ['*b and a 30,000 times*, the same', onHeader('StringLike', () => `*b${'a'.repeat(30_000)}*`), 'a'.repeat(LONGEST)],
  ['a*a*…b, the same', onHeader('StringLike', () => `${'a*'.repeat(15_000)}b`), 'a'.repeat(LONGEST)],
  ['texts without case', onHeader('StringEqualsIgnoreCase', (i) => `v${i}`), 'A'.repeat(LONGEST)],
  ['address ranges', onHeader('IpAddress', (i) => `10.${i >> 8}.${i & 255}.0/24`), '2001:db8:1:2:3:4:5:6'],
  ['numbers', onHeader('NumericEquals', (i) => String(i)), '1'.repeat(LONGEST)],
];

function ask(header: string): PolicyRequest {
  const arn = 'arn:aws:iam::123456789012:user/ann';
  return {
    principal: { kind: 'user', arn, issuerArn: arn, account: '123456789012', userId: 'AIDAANN', tags: {} },
    action: 'vpc-lattice-svcs:Invoke',
    resource: 'arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1/orders/1',
    budget: { left: MOST_EFFORT },
    key: (name) => (name.endsWith('/x') ? header : name.endsWith('requestmethod') ? 'GET' : undefined),
  };
}

/** Milliseconds of one evaluation, over `seconds`. A budget that is spent ends it. */
function measure(policy: CompiledPolicy, header: string, seconds: number): number {
  let count = 0;
  const begin = performance.now();
  while (performance.now() - begin < seconds * 1000) {
    try {
      evaluatePolicy(policy, ask(header));
    } catch {
      // Too costly: that is what it costs to find out.
    }
    count++;
  }
  return (performance.now() - begin) / count;
}

/** Conditions, with as many keys as there is room for, on something that the request is made to make costly. */
const onKeys = (make: (i: number) => string): readonly object[] => [
  {
    ...{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
    Condition: {
      StringNotEquals: Object.fromEntries(
        fill(LARGEST - 300, (i) => make(i))
          .map((key) => [`vpc-lattice-svcs:${key}`, 'x'] as const)
          .slice(0, MOST_KEYS),
      ),
    },
  },
];

/** So that a document of them is not larger than one may be. */
const MOST_KEYS = 500;

/** Requests that are made to cost as much to read as they can, and the policies that read them. */
const heads: readonly (readonly [what: string, statements: readonly object[], target: string, lines: string])[] = [
  [
    'conditions on a query of 20,000 parameters',
    onKeys((i) => `RequestQueryString/p${i}`),
    `/?${Array.from({ length: 20_000 }, () => 'a').join('&')}`,
    '',
  ],
  [
    'conditions on 90 headers of 600 bytes',
    onKeys((i) => `RequestHeader/h${i}`),
    '/',
    `x: ${'a'.repeat(600)}\r\n`.repeat(90),
  ],
  ['a path of 56,000 slashes', onKeys(() => 'RequestPath'), '/'.repeat(56_000), ''],
  ['a path of 9,000 escaped slashes and dots', onKeys(() => 'RequestPath'), '/%2f..'.repeat(9000), ''],
];

/** The rows of which none may take more than a millisecond. */
export const costlyInputs: readonly string[] = [...hostile, ...heads].map(([what]) => what);

/** Milliseconds of one decision of the hot path, over `seconds`. */
function measureHead(statements: readonly object[], target: string, lines: string, seconds: number): number {
  const sample = sampleSnapshot(80, [{ id: 'all', action: { kind: 'fixed', status: 200 } }], {}, 7);
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const services = new Map(
    [...sample.services].map(([id, one]) => [id, { ...one, authType: 'AWS_IAM' as const, policy }]),
  );
  const world = createWorldCompiler(0).compile({ ...sample, services });
  const head = parseRequestHead(`GET ${target} HTTP/1.1\r\nhost: ${HOST}\r\n${lines}`);
  const door = findDoor(world, { vpcId: 'vpc-1', localAddress: '127.190.0.1', port: 80 });
  const [service] = world.services.values();
  if ('reason' in head || door === undefined || service?.auth?.policies.length !== 1)
    throw new Error('nothing to measure');
  let count = 0;
  const begin = performance.now();
  for (; performance.now() - begin < seconds * 1000; count++)
    authorize(anonymousCaller, { door, service, port: 80, head, client: sampleClient });
  return (performance.now() - begin) / count;
}

/** The policy of every day, and each hostile one. */
export function benchPolicy({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  const times = (policy: CompiledPolicy, header: string): number => {
    measure(policy, header, 0.2);
    return median(Array.from({ length: rounds }, () => measure(policy, header, 0.3)));
  };
  const usual = times(everyday, '');
  const rows: readonly Row[] = [
    {
      ...{ bench: 'policy', what: `36 KB, ${everyday.statements.length} statements` },
      ...{ 'evaluations/s': Math.round(1000 / usual), 'ms each': usual },
    },
    ...hostile.map(([what, policy, header]): Row => ({ bench: 'policy', what, 'ms each': times(policy, header) })),
    ...heads.map(([what, statements, target, lines]): Row => {
      const once = (): number => measureHead(statements, target, lines, 0.3);
      once();
      return { bench: 'policy', what, 'ms each': median(Array.from({ length: rounds }, once)) };
    }),
  ];
  return Promise.resolve(rows);
}
