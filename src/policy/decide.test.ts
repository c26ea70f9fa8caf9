// The two decisions: which policies must allow, which one is blamed, and in which words.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideCall, decideInvoke, type IdentityPolicies, type NamedPolicy, type Verdict } from './decide.ts';
import { describeRefusal } from './describe-refusal.ts';
import type { PolicyRequest, Principal } from './request.ts';
import { compiled, role, user } from './sample.ts';

const resource = 'arn:aws:vpc-lattice:us-west-2:444455556666:service/svc-0123456789abcdef0/';
const ask = (principal: Principal, action = 'vpc-lattice-svcs:Invoke'): PolicyRequest => ({
  principal,
  action,
  resource,
  key: () => undefined,
});
const statement = (effect: string, principal?: unknown): object => ({
  Effect: effect,
  ...(principal === undefined ? {} : { Principal: principal }),
  Action: '*',
  Resource: '*',
});
const onResource = (effect: string, principal: unknown = '*'): NamedPolicy => ({
  name: `${effect} resource`,
  policy: compiled(statement(effect, principal)),
});
const ofIdentity = (effect: string): NamedPolicy => ({
  name: `${effect} identity`,
  policy: compiled(statement(effect), 'identity'),
});
const silent: NamedPolicy = {
  name: 'silent',
  policy: compiled({ Effect: 'Allow', Action: 'x:Y', Resource: '*' }, 'identity'),
};
const [allow, deny] = [ofIdentity('Allow'), ofIdentity('Deny')];
const layer = (...policies: readonly NamedPolicy[]) => ({ policies });
const told = (verdict: Verdict): string => (verdict.allowed ? 'allowed' : `${verdict.effect} ${verdict.layer}`);

describe('a request to a service', () => {
  const may: IdentityPolicies = { identity: [allow] };
  const rows: readonly (readonly [
    name: string,
    layers: Parameters<typeof decideInvoke>[0],
    who: Principal,
    is: string,
  ])[] = [
    ['auth type NONE on both layers asks nobody', { caller: { identity: [deny] } }, role, 'allowed'],
    ['no policy on the network allows nothing', { network: layer(), caller: may }, role, 'None network-based policy'],
    ['no policy on the service allows nothing', { service: layer(), caller: may }, role, 'None service-based policy'],
    [
      'all three allow',
      { network: layer(onResource('Allow')), service: layer(onResource('Allow')), caller: may },
      role,
      'allowed',
    ],
    [
      'the identity side must allow too',
      { service: layer(onResource('Allow')), caller: { identity: [] } },
      role,
      'None identity-based policy',
    ],
    [
      'an anonymous caller has no identity side',
      { service: layer(onResource('Allow')) },
      { kind: 'anonymous' },
      'allowed',
    ],
    [
      'somebody else is allowed',
      { service: layer(onResource('Allow', { AWS: '999999999999' })), caller: may },
      role,
      'None service-based policy',
    ],
    [
      'a denial of the service wins over silence of the network',
      { network: layer(), service: layer(onResource('Deny')), caller: may },
      role,
      'Deny service-based policy',
    ],
    [
      'a denial of the identity side wins',
      { network: layer(), service: layer(onResource('Allow')), caller: { identity: [allow, deny] } },
      role,
      'Deny identity-based policy',
    ],
    [
      'the boundary must allow',
      { service: layer(onResource('Allow')), caller: { identity: [allow], boundary: silent } },
      role,
      'None permissions boundary',
    ],
    [
      'the session must allow',
      { service: layer(onResource('Allow')), caller: { identity: [allow], session: [silent] } },
      role,
      'None session policy',
    ],
    [
      'one of the session policies is enough',
      { service: layer(onResource('Allow')), caller: { identity: [allow], session: [silent, allow] } },
      role,
      'allowed',
    ],
    [
      'each service control policy must allow',
      { service: layer(onResource('Allow')), caller: { identity: [allow], organization: [allow, silent] } },
      role,
      'None service control policy',
    ],
  ];
  for (const [name, layers, who, is] of rows)
    test(name, () => {
      assert.equal(told(decideInvoke(layers, ask(who))), is);
    });
});

describe('a call of an API', () => {
  const [mine, other] = ['111122223333', '444455556666'];
  const root: Principal = { ...user, kind: 'root', arn: 'arn:aws:iam::111122223333:root' };
  const rows: readonly (readonly [
    name: string,
    layers: Parameters<typeof decideCall>[0],
    who: Principal,
    is: string,
  ])[] = [
    ['the identity side allows', { caller: { identity: [allow] }, owner: mine }, user, 'allowed'],
    ['nothing allows', { caller: { identity: [silent] }, owner: mine }, user, 'None identity-based policy'],
    ['root needs no grant', { caller: { identity: [] }, owner: mine }, root, 'allowed'],
    [
      'service control policies bind root',
      { caller: { identity: [], organization: [silent] }, owner: mine },
      root,
      'None service control policy',
    ],
    [
      'in one account a grant to everyone is enough',
      { caller: { identity: [] }, resource: onResource('Allow'), owner: mine },
      user,
      'allowed',
    ],
    [
      'in one account a grant to the role is enough',
      { caller: { identity: [] }, resource: onResource('Allow', { AWS: role.issuerArn }), owner: mine },
      role,
      'allowed',
    ],
    [
      'what is granted to the account is for the identity side to give on',
      { caller: { identity: [] }, resource: onResource('Allow', { AWS: mine }), owner: mine },
      user,
      'None identity-based policy',
    ],
    [
      'across accounts the resource must allow',
      { caller: { identity: [allow] }, owner: other },
      user,
      'None resource-based policy',
    ],
    [
      'across accounts the identity side must allow',
      { caller: { identity: [] }, resource: onResource('Allow'), owner: other },
      user,
      'None identity-based policy',
    ],
    [
      'across accounts both allow',
      { caller: { identity: [allow] }, resource: onResource('Allow', { AWS: mine }), owner: other },
      user,
      'allowed',
    ],
    [
      'a denial of the resource wins',
      { caller: { identity: [allow] }, resource: onResource('Deny'), owner: mine },
      user,
      'Deny resource-based policy',
    ],
    [
      'a denial of the identity side wins',
      { caller: { identity: [allow, deny] }, resource: onResource('Allow'), owner: mine },
      user,
      'Deny identity-based policy',
    ],
    [
      'a boundary limits the identity side',
      { caller: { identity: [allow], boundary: silent }, owner: mine },
      user,
      'None permissions boundary',
    ],
    [
      'a boundary limits a grant to everyone',
      { caller: { identity: [], boundary: silent }, resource: onResource('Allow'), owner: mine },
      user,
      'None permissions boundary',
    ],
    [
      'a boundary does not limit a grant to the user',
      { caller: { identity: [], boundary: silent }, resource: onResource('Allow', { AWS: user.arn }), owner: mine },
      user,
      'allowed',
    ],
    [
      'a session policy limits a grant to the role',
      {
        caller: { identity: [], session: [silent] },
        resource: onResource('Allow', { AWS: role.issuerArn }),
        owner: mine,
      },
      role,
      'None session policy',
    ],
    [
      'a session policy does not limit a grant to the session',
      { caller: { identity: [], session: [silent] }, resource: onResource('Allow', { AWS: role.arn }), owner: mine },
      role,
      'allowed',
    ],
    [
      'a denial of the boundary wins over a grant to the user',
      { caller: { identity: [], boundary: deny }, resource: onResource('Allow', { AWS: user.arn }), owner: mine },
      user,
      'Deny permissions boundary',
    ],
  ];
  for (const [name, layers, who, is] of rows)
    test(name, () => {
      assert.equal(told(decideCall(layers, ask(who))), is);
    });
});

test('the recorder hears of every policy, whatever the one before said', () => {
  const heard: string[] = [];
  const layers = {
    network: layer(),
    service: layer(onResource('Deny')),
    caller: { identity: [silent, allow], boundary: allow },
  };
  decideInvoke(layers, ask(role), (kind, { name }, { effect }) => heard.push(`${kind}: ${name}: ${effect}`));
  assert.deepEqual(heard, [
    'service-based policy: Deny resource: Deny',
    'identity-based policy: silent: None',
    'identity-based policy: Allow identity: Allow',
    'permissions boundary: Allow identity: Allow',
  ]);
});

test('a refusal is told in the words of AWS', () => {
  const words = (verdict: Verdict, who: Principal): string =>
    verdict.allowed ? '' : describeRefusal(verdict, ask(who));
  assert.equal(
    words(decideInvoke({ network: layer() }, ask({ kind: 'anonymous' })), { kind: 'anonymous' }),
    `User: anonymous is not authorized to perform: vpc-lattice-svcs:Invoke on resource: ${resource} because no network-based policy allows the vpc-lattice-svcs:Invoke action`,
  );
  assert.equal(
    words(decideInvoke({ service: layer(onResource('Allow')), caller: { identity: [deny] } }, ask(role)), role),
    `User: ${role.arn} is not authorized to perform: vpc-lattice-svcs:Invoke on resource: ${resource} with an explicit deny in an identity-based policy`,
  );
});
