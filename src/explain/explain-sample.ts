// Snapshots that explanations are tried on, and what else of a node they need, for tests.

import fc from 'fast-check';
import { defaultProxyLimits } from '../proxy/index.ts';
import type { RuleMatch } from '../routing/index.ts';
import type { ActionRecord, PrincipalRecord, Snapshot } from '../snapshot/index.ts';
import { createExplainer, type Explainer } from './explain.ts';
import type { ExplainDeps } from './follow.ts';

/** The host name of the one service. */
export const HOST = 'shop.example';

/** A rule of the service's one listener. */
export interface SampleRule {
  readonly id: string;
  readonly match: RuleMatch;
  readonly action: ActionRecord;
}

/** The moment of every question. */
export const NOW = 1_767_323_045_000;

export const limits = defaultProxyLimits;

/** A user whose own side allows reading. */
export const user: PrincipalRecord = {
  ...{ id: 'arn:aws:iam::123456789012:user/ann', arn: 'arn:aws:iam::123456789012:user/ann' },
  ...{ issuerArn: 'arn:aws:iam::123456789012:user/ann', kind: 'user', account: '123456789012', userId: 'AIDAANN' },
  ...{ revision: 1, tags: { team: 'blue' } },
  policies: [
    {
      name: 'inline policy reading',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            ...{ Effect: 'Allow', Action: 'vpc-lattice-svcs:*', Resource: '*' },
            Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['GET', 'PUT'] } },
          },
        ],
      }),
    },
  ],
};

/** A role with a path, whose own side allows everything. */
export const role: PrincipalRecord = {
  ...{ id: 'arn:aws:iam::123456789012:role/app/orders', arn: 'arn:aws:iam::123456789012:role/app/orders' },
  ...{
    issuerArn: 'arn:aws:iam::123456789012:role/app/orders',
    kind: 'role',
    account: '123456789012',
    userId: 'AROAORDERS',
  },
  ...{ revision: 1, tags: {} },
  policies: [
    {
      name: 'everything',
      document: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
    },
  ],
};

/** `snapshot` with auth policies; a layer that is absent has auth type NONE, an empty one no policy. */
export function guarded(
  snapshot: Snapshot,
  layers: { readonly network?: readonly object[]; readonly service?: readonly object[] },
): Snapshot {
  const guard = <R extends object>(
    records: ReadonlyMap<string, R>,
    statements: readonly object[] | undefined,
  ): ReadonlyMap<string, R> => {
    if (statements === undefined) return records;
    const policy =
      statements.length === 0
        ? {}
        : { policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 1) };
    return new Map([...records].map(([id, record]) => [id, { ...record, authType: 'AWS_IAM' as const, ...policy }]));
  };
  return {
    ...snapshot,
    networks: guard(snapshot.networks, layers.network),
    services: guard(snapshot.services, layers.service),
    principals: new Map([user, role].map((one) => [one.id, one])),
  };
}

/** An explainer by `snapshot`, whose one service is at 127.190.0.1 port 80. */
export function explainerOf(snapshot: Snapshot, changes: Partial<ExplainDeps> = {}): Explainer {
  return createExplainer({
    limits,
    snapshot: () => snapshot,
    now: () => NOW,
    findName: (name) =>
      name === HOST
        ? { kind: 'addresses', v4: ['127.190.0.1'], v6: [] }
        : { kind: name.endsWith('on.aws') ? 'absent' : 'forwarded' },
    findArrival: ({ address, port }) =>
      address === '127.190.0.1' && port === 80
        ? { listenerPort: 80 }
        : { refused: `nothing listens at ${address} port ${port}` },
    findPassage: () => ({
      ...{ egress: { groups: [], passes: true }, ingress: { groups: [], passes: true } },
      isVacant: false,
    }),
    findBarriers: () => ({ egress: [], ingress: [] }),
    findHealth: () => undefined,
    findAdmission: () => undefined,
    ...changes,
  });
}

/** Segments of paths, of rules and of requests. */
export const wordsOfPaths = fc.constantFrom('a', 'A', 'b', '..', '%61', '');

const statementArb = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Principal: fc.constantFrom('*', '*', { AWS: 'arn:aws:iam::123456789012:role/orders' }, { AWS: '210987654321' }),
  Action: fc.constantFrom('vpc-lattice-svcs:Invoke', '*', '*', 'vpc-lattice-svcs:Connect'),
  Resource: fc.constantFrom('*', '*', 'arn:aws:vpc-lattice:*:*:service/*/a*', 'arn:aws:vpc-lattice:*:*:service/*/b'),
  Condition: fc.constantFrom(
    {},
    {},
    { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } },
    { StringLike: { 'vpc-lattice-svcs:RequestPath': '/a*' } },
    { StringNotEquals: { 'vpc-lattice-svcs:RequestHeader/h1': 'x' } },
    { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    { StringEquals: { 'aws:PrincipalTag/team': 'blue' } },
  ),
});

const layerArb = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant([{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }]) },
  { weight: 2, arbitrary: fc.array(statementArb, { maxLength: 3 }) },
);

const actionArb = fc.constantFrom<ActionRecord[]>(
  { kind: 'fixed', status: 410 },
  { kind: 'fixed', status: 410 },
  { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 1 }] },
  {
    kind: 'forward',
    targetGroups: [
      { id: 'tg-1', weight: 3 },
      { id: 'tg-2', weight: 1 },
    ],
  },
  { kind: 'forward', targetGroups: [{ id: 'tg-2', weight: 0 }] },
);

/** As a listener's default: it matches everything. */
const defaultArb = actionArb.map((action) => ({ match: {}, action }));

const ruleArb = fc.record({
  match: fc.record(
    {
      method: fc.constantFrom('GET', 'POST'),
      path: fc.record({
        kind: fc.constantFrom('exact' as const, 'prefix' as const),
        value: fc.constantFrom('/', '/a', '/a/b', '/A', '/b'),
        caseSensitive: fc.boolean(),
      }),
      headers: fc.array(
        fc.record({
          name: fc.constantFrom('h1', 'h2'),
          kind: fc.constantFrom('exact' as const, 'prefix' as const, 'contains' as const),
          value: fc.constantFrom('x', 'X', 'É'),
          caseSensitive: fc.boolean(),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  ),
  action: actionArb,
});

/** Snapshots with random rules, made by `make`, and random auth policies. */
export function randomSnapshot(make: (rules: readonly SampleRule[]) => Snapshot): fc.Arbitrary<Snapshot> {
  const rulesArb = fc
    .tuple(fc.array(ruleArb, { maxLength: 4 }), fc.array(defaultArb, { maxLength: 1 }))
    .map((all) => all.flat().map((rule, i) => ({ id: `rule-${i}`, ...rule })));
  return fc.record({ rules: rulesArb, network: layerArb, service: layerArb }).map(({ rules, network, service }) =>
    guarded(make(rules), {
      ...(network === undefined ? {} : { network }),
      ...(service === undefined ? {} : { service }),
    }),
  );
}
