// What auth policies know of a caller is what its key says, whatever the request says of itself: a policy by tag, ARN, account and organisation against lies.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signerArn, signRequest, withSigner, type Asked } from '../../src/proxy/identity/signer-sample.ts';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import type { Snapshot } from '../../src/snapshot/index.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget, type RawTarget } from './raw-ends.ts';

const document = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });
const invoke = { Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' };

/** Lets in whom `condition` means; the signer has the tag team = blue. */
const guarded =
  (condition: object) =>
  (snapshot: Snapshot): Snapshot => {
    const policy = document({ ...invoke, Principal: '*', Condition: condition });
    const services = [...snapshot.services].map(
      ([id, record]) => [id, { ...record, authType: 'AWS_IAM', policy }] as const,
    );
    const policies = [{ name: 'may', document: document(invoke) }];
    return withSigner({ ...snapshot, services: new Map(services) }, Date.now(), { tags: { team: 'blue' }, policies });
  };

/** What would have to be believed of a request for the policy to let it in. */
const conditions: Readonly<Record<string, object>> = {
  tag: { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
  arn: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/admin' } },
  account: { StringEquals: { 'aws:PrincipalAccount': '999999999999' } },
  organisation: { StringEquals: { 'aws:PrincipalOrgID': 'o-other' } },
  type: { StringEquals: { 'aws:PrincipalType': 'User' } },
  vpc: { StringEquals: { 'vpc-lattice-svcs:SourceVpc': 'vpc-other' } },
  address: { IpAddress: { 'aws:SourceIp': '192.0.2.1' } },
  secure: { Bool: { 'aws:SecureTransport': 'true' } },
  host: { StringEquals: { 'vpc-lattice-svcs:RequestHeader/host': 'elsewhere.example' } },
};

const claims: readonly string[] = [
  'x-amzn-lattice-identity: Principal=arn:aws:iam::123456789012:role/admin; PrincipalOrgID=o-other; Type=AWS_IAM',
  'x-amzn-lattice-identity-tags: principal=arn:aws:iam::123456789012:role/admin;team=red;',
  'X_Amzn_Lattice_Identity_Tags: team=red;',
  'aws-principaltag-team: red',
  'x-amzn-source-vpc: vpc-other',
  'x-forwarded-for: 192.0.2.1',
  'x-forwarded-proto: https',
  'forwarded: for=192.0.2.1;proto=https;host=elsewhere.example',
  'x-forwarded-host: elsewhere.example',
];

/** Lies that a signature covers, for who has a key may write what he likes. */
const signedClaims: Asked = {
  path: '/?aws:PrincipalTag/team=red&aws:PrincipalAccount=999999999999',
  headers: { 'x-amz-principal-tag-team': 'red', 'x-amz-source-vpc': 'vpc-other', 'x-amz-source-ip': '192.0.2.1' },
};

const lying = (text: string): string => text.replace('\r\n\r\n', () => `\r\n${claims.join('\r\n')}\r\n\r\n`);

const requests: Readonly<Record<string, string>> = {
  'a signed request with claims that are not signed': lying(signRequest()),
  'a signed request with signed claims': lying(signRequest(signedClaims)),
  'a signed request with another host than that of its absolute target': lying(
    signRequest().replace('GET / ', `GET http://${HOST}/ `).replace(`host: ${HOST}`, 'host: elsewhere.example'),
  ),
  'an anonymous request with claims': lying(head('GET /')),
};

describe('an auth policy', () => {
  let target: RawTarget;
  let plane: Plane;
  before(async () => {
    target = await openRawTarget(({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    plane = await openPlane();
  });
  after(async () => {
    await plane[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  async function statusOf(text: string): Promise<number> {
    const client = openRawClient(plane, text);
    await eventually('an answer', () => /\r\n\r\n/.test(client.got));
    client.socket.destroy();
    return Number(client.got.slice(9, 12));
  }

  for (const [key, condition] of Object.entries(conditions))
    test(`by ${key} believes no claim of a request`, async () => {
      plane.forwardTo(target.port, {}, guarded(condition));
      for (const [what, text] of Object.entries(requests)) assert.equal(await statusOf(text), 403, what);
      assert.equal(target.peers.length, 0, 'a request has reached the target');
    });

  test('by what the key says lets the signer in, lies or not', async () => {
    for (const condition of [
      { StringEquals: { 'aws:PrincipalTag/Team': 'blue', 'aws:PrincipalAccount': '123456789012' } },
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/orders' } },
      { StringEquals: { 'vpc-lattice-svcs:RequestHeader/host': HOST } },
    ]) {
      plane.forwardTo(target.port, {}, guarded(condition));
      assert.equal(await statusOf(lying(signRequest())), 200, JSON.stringify(condition));
    }
    assert.ok(target.peers.some(({ got }) => got.includes(`Principal=${signerArn};`)));
    assert.doesNotMatch(target.peers.map(({ got }) => got).join(''), /x-amzn-lattice-identity-tags: .*red/);
  });
});
