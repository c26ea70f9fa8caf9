// Access keys and principals of the snapshot: what is derived, for which days, and that no secret is in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeededRandom } from '../base/random.ts';
import { applyChanges, emptyState, type Context, type State } from '../domain/index.ts';
import {
  applyConfiguredPrincipals,
  createAccessKey,
  createUser,
  ensureAdminCredential,
  updateAccessKey,
  type ConfiguredPrincipal,
} from '../domain/iam/index.ts';
import { derivePublicPoint, deriveSigningKey } from '../sigv4/index.ts';
import { compile, nothingCompiled } from './compile.ts';
import type { KeySource } from './identity.ts';

const context: Context = {
  account: '123456789012',
  region: 'us-east-1',
  principalArn: 'arn',
  operation: 'test',
  now: 1,
  random: createSeededRandom(1),
  quotas: 'none',
};

/** Secrets are not sealed here. */
const secrets = { seal: (secret: string) => secret, open: (sealed: string) => sealed };

const source = (day: string, ...regions: readonly string[]): KeySource => ({
  day,
  regions,
  secretOf: ({ sealedSecret }) => sealedSecret,
  sessionKeys: () => [],
});

const principal = (arn: string, accessKeyId: string): ConfiguredPrincipal => ({
  arn,
  accessKeyId,
  secretAccessKey: `secret of ${accessKeyId}`,
  policies: [],
});

function stateWith(principals: readonly ConfiguredPrincipal[], before: State = emptyState): State {
  const { changes } = applyConfiguredPrincipals(before, { principals, secrets }, context);
  return applyChanges(before, changes, before.revision + 1);
}

const orders = 'arn:aws:iam::123456789012:user/orders';

test('compile() derives the keys of yesterday, today and tomorrow in every region, across a month’s end', () => {
  const { snapshot } = compile(
    nothingCompiled,
    stateWith([principal(orders, 'AKIAORDERS')]),
    undefined,
    source('20240229', 'us-east-1', 'eu-west-1'),
  );
  const key = snapshot.accessKeys.get('AKIAORDERS');
  assert.deepEqual(
    key?.signingKeys.map(({ date, region }) => `${date} ${region}`),
    ['20240228', '20240229', '20240301'].flatMap((date) => [`${date} us-east-1`, `${date} eu-west-1`]),
  );
  for (const { date, region, key: derived } of key?.signingKeys ?? [])
    assert.equal(
      derived,
      deriveSigningKey('secret of AKIAORDERS', { date, region, service: 'vpc-lattice-svcs' }).toString('base64'),
    );
  assert.equal(key?.publicKey, derivePublicPoint('AKIAORDERS', 'secret of AKIAORDERS').toString('base64'));
  assert.equal(key?.principalId, orders);
});

test('compile() of another day derives only the day that is new, and gives what compiling everything gives', () => {
  const state = stateWith([principal(orders, 'AKIAORDERS')]);
  const first = compile(nothingCompiled, state, undefined, source('20261122', 'us-east-1'));
  const next = compile(first, state, [], source('20261123', 'us-east-1'));
  const keys = (one: typeof first) => one.snapshot.accessKeys.get('AKIAORDERS')?.signingKeys ?? [];
  assert.equal(keys(next)[0], keys(first)[1]);
  assert.equal(keys(next)[1], keys(first)[2]);
  const whole = compile(nothingCompiled, state, undefined, source('20261123', 'us-east-1'));
  assert.deepEqual(keys(next), keys(whole));
  assert.equal(next.snapshot.day, '20261123');
  assert.equal(next.snapshot.revision, first.snapshot.revision);
  assert.equal(next.snapshot.principals, first.snapshot.principals);
});

test('compile() follows a changed secret, and leaves no key and no principal that nobody has', () => {
  const day = source('20261122', 'us-east-1');
  const before = stateWith([principal(orders, 'AKIAORDERS')]);
  const first = compile(nothingCompiled, before, undefined, day);
  const changed = { ...principal(orders, 'AKIAORDERS'), secretAccessKey: 'another' };
  const { changes } = applyConfiguredPrincipals(before, { principals: [changed], secrets }, context);
  const state = applyChanges(before, changes, 2);
  const second = compile(first, state, changes, day);
  assert.equal(
    second.snapshot.accessKeys.get('AKIAORDERS')?.publicKey,
    derivePublicPoint('AKIAORDERS', 'another').toString('base64'),
  );
  const { changes: gone } = applyConfiguredPrincipals(state, { principals: [], secrets }, context);
  const third = compile(second, applyChanges(state, gone, 3), gone, day);
  assert.deepEqual([third.snapshot.accessKeys.size, third.snapshot.principals.size], [0, 0]);
});

test('an inactive key is in no snapshot, and its principal stays for its sessions', () => {
  const day = source('20261122', 'us-east-1');
  const user = createUser(emptyState, { name: 'ann' }, context);
  const known = applyChanges(emptyState, user.changes, 1);
  const made = createAccessKey(known, { userName: 'ann', secrets }, context);
  const state = applyChanges(known, made.changes, 2);
  const first = compile(nothingCompiled, state, undefined, day);
  const { id: accessKeyId } = made.result.credential;
  const asked = { userName: 'ann', accessKeyId } as const;
  const { changes } = updateAccessKey(state, { ...asked, status: 'Inactive' }, context);
  const inactive = applyChanges(state, changes, 3);
  const second = compile(first, inactive, changes, day);
  const again = updateAccessKey(inactive, { ...asked, status: 'Active' }, context).changes;
  const third = compile(second, applyChanges(inactive, again, 4), again, day);
  assert.deepEqual(
    [first, second, third].map(({ snapshot }) => [...snapshot.accessKeys.keys()]),
    [[accessKeyId], [], [accessKeyId]],
  );
  assert.deepEqual([...second.snapshot.principals.keys()], [user.result.arn]);
});

test('no secret is in a snapshot', () => {
  const made = stateWith([principal(orders, 'AKIAORDERS')]);
  const { changes, result } = ensureAdminCredential(made, { secrets }, context);
  const state = applyChanges(made, changes, made.revision + 1);
  const { snapshot } = compile(nothingCompiled, state, undefined, source('20261122', 'us-east-1'));
  const text = JSON.stringify([...snapshot.accessKeys.values(), ...snapshot.principals.values()]);
  assert.equal(snapshot.accessKeys.size, 2);
  for (const secret of ['secret of AKIAORDERS', result.sealedSecret]) {
    assert.equal(text.includes(secret), false);
    assert.equal(text.includes(Buffer.from(secret).toString('base64')), false);
  }
});

test('compile() reads what kind of principal an ARN is', () => {
  const cases = [
    [orders, 'user', orders, /^AIDA[A-Z2-7]{17}$/],
    ['arn:aws:iam::123456789012:root', 'root', 'arn:aws:iam::123456789012:root', /^123456789012$/],
    [
      'arn:aws:sts::123456789012:assumed-role/path/cart/one',
      'role',
      'arn:aws:iam::123456789012:role/path/cart',
      /^AROA[A-Z2-7]{17}:one$/,
    ],
    ['arn:aws:iam::123456789012:role/cart', 'role', 'arn:aws:iam::123456789012:role/cart', /^AROA[A-Z2-7]{17}$/],
    [
      'arn:aws:sts::123456789012:federated-user/jo',
      'federated',
      'arn:aws:sts::123456789012:federated-user/jo',
      /^123456789012:jo$/,
    ],
  ] as const;
  const state = stateWith(cases.map(([arn], i) => principal(arn, `AKIA${i}`)));
  const { snapshot } = compile(nothingCompiled, state, undefined, source('20261122'));
  for (const [arn, kind, issuerArn, userId] of cases) {
    const record = snapshot.principals.get(arn);
    assert.deepEqual(
      [record?.kind, record?.arn, record?.issuerArn, record?.account],
      [kind, arn, issuerArn, '123456789012'],
    );
    assert.match(record?.userId ?? '', userId);
  }
});
