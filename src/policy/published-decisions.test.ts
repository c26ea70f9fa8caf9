// Decisions that AWS publishes, as tables: which policies of whom there are, and whether the pages say that a request is allowed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideCall, decideInvoke, type IdentityPolicies, type NamedPolicy } from './decide.ts';
import {
  A,
  allowed,
  ann,
  ask,
  B,
  denied,
  named,
  nobody,
  own,
  root,
  session,
  user,
  type Keys,
} from './published-sample.ts';
import type { CallerPrincipal, Principal } from './request.ts';

const logs = 'arn:aws:s3:::shelf-logs/a';
const granting = (AWS: string): NamedPolicy => named(whoeverOf('Allow', AWS), 'resource');
function whoeverOf(Effect: string, AWS: string): object {
  return { Effect, Principal: { AWS }, Action: 's3:*', Resource: '*' };
}
const role = session('r', 's');
const none = denied('none:None');

describe('Policy evaluation logic of the IAM User Guide', () => {
  const account = 'within an account';
  const rows: readonly (readonly [
    about: string,
    who: CallerPrincipal,
    caller: IdentityPolicies,
    resource: NamedPolicy | undefined,
    owner: string,
    allowed: boolean,
  ])[] = [
    [`${account} nothing is allowed by itself`, ann, own(), undefined, A, false],
    [`${account} root may everything`, root(A), own(), undefined, A, true],
    [`${account} the identity side is enough`, ann, own(allowed('s3:*')), undefined, A, true],
    [`${account} the resource's policy is enough`, ann, own(), granting(ann.arn), A, true],
    [
      `a denial by name wins over both`,
      ann,
      own(allowed('s3:*'), denied('s3:*', { Resource: 'arn:aws:s3:::*log*' })),
      granting(ann.arn),
      A,
      false,
    ],
    [
      `a denial of the resource wins`,
      ann,
      own(allowed('s3:*')),
      named(whoeverOf('Deny', ann.arn), 'resource'),
      A,
      false,
    ],
    [
      `a boundary takes what it does not allow`,
      ann,
      { ...own(allowed('*')), boundary: named(allowed('ec2:*')) },
      undefined,
      A,
      false,
    ],
    [`a boundary gives nothing`, ann, { ...own(allowed('ec2:*')), boundary: named(allowed('*')) }, undefined, A, false],
    [`both together allow`, ann, { ...own(allowed('s3:*')), boundary: named(allowed('*')) }, undefined, A, true],
    [
      `a grant to a user's ARN is not limited by the boundary`,
      ann,
      { ...own(), boundary: named(allowed('ec2:*')) },
      granting(ann.arn),
      A,
      true,
    ],
    [
      `a grant to a role's ARN is limited by the boundary`,
      role,
      { ...own(), boundary: named(allowed('ec2:*')) },
      granting(role.issuerArn),
      A,
      false,
    ],
    [
      `and by the session's policy`,
      role,
      { ...own(), session: [named(allowed('ec2:*'))] },
      granting(role.issuerArn),
      A,
      false,
    ],
    [
      `a grant to a session's ARN by neither`,
      role,
      { ...own(), boundary: named(allowed('ec2:*')), session: [named(allowed('ec2:*'))] },
      granting(role.arn),
      A,
      true,
    ],
    [
      `a session has what its role and its own policy allow`,
      role,
      { ...own(allowed('s3:*')), session: [named(allowed('s3:Get*'))] },
      undefined,
      A,
      true,
    ],
    [`a session policy gives nothing`, role, { ...own(), session: [named(allowed('*'))] }, undefined, A, false],
    [
      `service control policies limit all`,
      ann,
      { ...own(allowed('*')), organization: [named(allowed('ec2:*'))] },
      undefined,
      A,
      false,
    ],
    [`and root too`, root(A), { ...own(), organization: [named(allowed('ec2:*'))] }, undefined, A, false],
    [
      `a denial in a boundary is one`,
      ann,
      { ...own(), boundary: named([allowed('*'), denied('s3:*')]) },
      granting(ann.arn),
      A,
      false,
    ],
    [`across accounts both sides must allow`, ann, own(allowed('s3:*')), granting(ann.arn), B, true],
    [`the resource's side alone does not`, ann, own(none), granting(ann.arn), B, false],
    [`nor does the caller's`, ann, own(allowed('s3:*')), undefined, B, false],
    [`a grant to the account is for the account to give on`, ann, own(), granting(A), B, false],
    [`which it may`, ann, own(allowed('s3:*')), granting(A), B, true],
  ];
  for (const [about, who, caller, resource, owner, isAllowed] of rows)
    test(about, () => {
      const layers = { caller, owner, ...(resource === undefined ? {} : { resource }) };
      const verdict = decideCall(layers, ask(who, 's3:GetObject', logs, {}));
      assert.equal(verdict.allowed, isAllowed, JSON.stringify(verdict));
    });
});

describe('Auth policies of the VPC Lattice User Guide', () => {
  const service = `arn:aws:vpc-lattice:us-west-2:${B}:service/svc-0123456789abcdef0`;
  const invoke = (more: object): NamedPolicy =>
    named({ Effect: 'Allow', Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*', ...more }, 'resource');
  const condition = (Condition: object): NamedPolicy => invoke({ Condition });
  const organization = condition({ StringEquals: { 'aws:PrincipalOrgID': ['o-123456example'] } });
  const rates = invoke({
    Principal: { AWS: [`arn:aws:iam::${B}:role/rates`] },
    Resource: [`${service}/*`],
    Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } },
  });
  const vpc = condition({
    StringNotEquals: { 'aws:PrincipalType': 'Anonymous' },
    StringEquals: { 'vpc-lattice-svcs:SourceVpc': 'vpc-1a2b3c4d' },
  });
  const gamma = condition({ StringEquals: { 'aws:ResourceTag/Environment': 'Gamma' } });
  const payments = condition({ StringEquals: { 'aws:PrincipalTag/Team': 'Payments' } });
  const [GET, POST] = [{ 'vpc-lattice-svcs:requestmethod': 'GET' }, { 'vpc-lattice-svcs:requestmethod': 'POST' }];
  const inVpc = { 'vpc-lattice-svcs:sourcevpc': 'vpc-1a2b3c4d' };
  const asRates = session('rates', 's', B);
  const rows: readonly (readonly [
    about: string,
    policy: NamedPolicy | undefined,
    who: Principal,
    keys: Keys,
    allowed: boolean,
  ])[] = [
    ['who is of the organization is allowed', organization, { ...ann, organizationId: 'o-123456example' }, {}, true],
    ['who is of another is not', organization, { ...ann, organizationId: 'o-other' }, {}, false],
    ['who does not sign is of none', organization, nobody, {}, false],
    ['a session of the role may GET', rates, asRates, GET, true],
    ['and not POST', rates, asRates, POST, false],
    ['another role may not', rates, session('other', 's', B), GET, false],
    ['a principal in the VPC is allowed', vpc, ann, inVpc, true],
    ['who does not sign is not, in the VPC either', vpc, nobody, inVpc, false],
    ['a principal of another VPC is not', vpc, ann, { 'vpc-lattice-svcs:sourcevpc': 'vpc-2' }, false],
    ['a service with the tag is open', gamma, nobody, { 'aws:resourcetag/Environment': 'Gamma' }, true],
    ['tags have a case in their values', gamma, nobody, { 'aws:resourcetag/Environment': 'gamma' }, false],
    ['a principal with the tag is allowed', payments, user('ann', A, { Team: 'Payments' }), {}, true],
    ['one without is not', payments, ann, {}, false],
    ['an auth policy that is not there allows nothing', undefined, ann, {}, false],
  ];
  const everything: IdentityPolicies = own(allowed('*'));
  for (const layer of ['network', 'service'] as const)
    for (const [about, policy, who, keys, isAllowed] of rows)
      test(`of a ${layer}: ${about}`, () => {
        const layers = {
          [layer]: { policies: policy === undefined ? [] : [policy] },
          ...('arn' in who ? { caller: everything } : {}),
        };
        const verdict = decideInvoke(layers, ask(who, 'vpc-lattice-svcs:Invoke', `${service}/a`, keys));
        assert.equal(verdict.allowed, isAllowed, JSON.stringify(verdict));
      });
  const open = { policies: [invoke({})] };
  for (const [about, layers, who, isAllowed] of [
    ['network, service and caller must all allow', { network: open, service: open, caller: everything }, ann, true],
    ['an identity side that says nothing refuses', { network: open, service: open, caller: own() }, ann, false],
    [
      'a network without a policy refuses, whatever the service allows',
      { network: { policies: [] }, service: open, caller: everything },
      ann,
      false,
    ],
    ['with NONE on the network the service decides', { service: open, caller: everything }, ann, true],
    [
      'a denial anywhere wins',
      {
        network: { policies: [named({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }, 'resource')] },
        service: open,
        caller: everything,
      },
      ann,
      false,
    ],
    ['who does not sign needs the two policies alone', { network: open, service: open }, nobody, true],
    ['with NONE on both nothing is asked', { caller: own() }, ann, true],
  ] as const)
    test(`How authorization works: ${about}`, () => {
      const verdict = decideInvoke(layers, ask(who, 'vpc-lattice-svcs:Invoke', `${service}/a`, {}));
      assert.equal(verdict.allowed, isAllowed, JSON.stringify(verdict));
    });
});
