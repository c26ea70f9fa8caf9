// Audit events: their form, who called, which resources, and how large they get.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditedCall } from '../base/audited-call.ts';
import { findResources } from './audited-resources.ts';
import { formatCloudTrailRecord, isReadOnly, userNameOf } from './cloudtrail-record.ts';

const arn = 'arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0123456789abcdef0';
const call: AuditedCall = {
  principalArn: 'arn:aws:iam::111122223333:user/ops/ann',
  accessKeyId: 'AKID',
  account: '111122223333',
  region: 'us-east-1',
  service: 'vpc-lattice',
  operation: 'CreateService',
  requestId: 'r-1',
  eventId: 'e-1',
  sourceIp: '10.0.0.1',
  userAgent: 'aws-cli',
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  parameters: { name: 'shop' },
  end: { kind: 'answered', elements: { arn } },
};

function recordOf(changes: Partial<AuditedCall> = {}): Record<string, unknown> {
  return JSON.parse(formatCloudTrailRecord({ ...call, ...changes }, [])) as Record<string, unknown>;
}

test('formatCloudTrailRecord() writes every member of a change', () => {
  const text = formatCloudTrailRecord(call, findResources({ arn }));
  assert.deepEqual(JSON.parse(text), {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'ann',
      arn: call.principalArn,
      accountId: '111122223333',
      accessKeyId: 'AKID',
      userName: 'ann',
    },
    eventTime: '2026-01-02T03:04:05Z',
    eventSource: 'vpc-lattice.amazonaws.com',
    eventName: 'CreateService',
    awsRegion: 'us-east-1',
    sourceIPAddress: '10.0.0.1',
    userAgent: 'aws-cli',
    requestParameters: { name: 'shop' },
    responseElements: { arn },
    requestID: 'r-1',
    eventID: 'e-1',
    readOnly: false,
    resources: [{ accountId: '111122223333', type: 'AWS::VpcLattice::Service', ARN: arn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
  });
});

test('formatCloudTrailRecord() has no elements for reads, and an error for refusals', () => {
  const { readOnly, responseElements } = recordOf({ operation: 'GetService' });
  assert.deepEqual([readOnly, responseElements], [true, null]);
  const refused = recordOf({
    end: { kind: 'refused', code: 'ConflictException', message: 'no' },
    parameters: undefined,
  });
  assert.deepEqual(
    [refused['errorCode'], refused['errorMessage'], refused['requestParameters'], refused['responseElements']],
    ['ConflictException', 'no', null, null],
  );
});

test('formatCloudTrailRecord() knows users, roots, sessions of roles and strangers', () => {
  const identityOf = (principalArn: string | undefined) => recordOf({ principalArn })['userIdentity'];
  const who = { accountId: '111122223333', accessKeyId: 'AKID' };
  const root = 'arn:aws:iam::111122223333:root';
  assert.deepEqual(identityOf(root), { type: 'Root', principalId: '111122223333', arn: root, ...who });
  assert.deepEqual(identityOf(undefined), { type: 'Unknown', principalId: '', accessKeyId: 'AKID' });
  const session = 'arn:aws:sts::111122223333:assumed-role/deployer/ci';
  assert.deepEqual(identityOf(session), {
    type: 'AssumedRole',
    principalId: 'deployer:ci',
    arn: session,
    ...who,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'deployer',
        arn: 'arn:aws:iam::111122223333:role/deployer',
        accountId: '111122223333',
        userName: 'deployer',
      },
    },
  });
  assert.deepEqual([userNameOf(root), userNameOf(session), userNameOf(undefined)], ['root', 'ci', '']);
});

test('formatCloudTrailRecord() leaves out what is too large, with a mark, and cuts long texts', () => {
  const large = 'x'.repeat(200_000);
  const text = formatCloudTrailRecord(
    {
      ...call,
      userAgent: large,
      accessKeyId: large,
      parameters: { large },
      end: { kind: 'answered', elements: { large } },
    },
    [],
  );
  assert.ok(text.length < 4000, String(text.length));
  const record = JSON.parse(text) as Record<string, unknown>;
  const mark = { omitted: true, originalSize: 200_012 };
  assert.deepEqual(record['requestParameters'], { ...mark, reason: 'requestParameters too large' });
  assert.deepEqual(record['responseElements'], { ...mark, reason: 'responseElements too large' });
  assert.equal(String(record['userAgent']).length, 1024);
  const refused = recordOf({ end: { kind: 'refused', code: 'X', message: large } });
  assert.equal(String(refused['errorMessage']).length, 1024);
});

test('isReadOnly() goes by the name', () => {
  for (const name of ['GetService', 'ListTargets', 'DescribeVpcs', 'LookupEvents'])
    assert.equal(isReadOnly(name), true);
  for (const name of ['CreateVpc', 'BatchUpdateRule', 'TagResources', 'Reset']) assert.equal(isReadOnly(name), false);
});

test('findResources() finds ARNs and ids anywhere, each once, and nothing that only looks so', () => {
  const vpc = { type: 'AWS::EC2::VPC', name: 'vpc-0123456789abcdef0' };
  const service = { type: 'AWS::VpcLattice::Service', name: arn };
  assert.deepEqual(findResources({ vpc: { vpcId: vpc.name } }, { list: ['svc-0123456789abcdef0', arn] }), [
    vpc,
    service,
  ]);
  assert.deepEqual(findResources({ a: arn, b: 'svc-0123456789abcdef0' }), [service]);
  const nothing = [
    'svc',
    'svc-1',
    'shop-0123456789abcdef0',
    `${arn} `,
    `{"a":"${arn}"}`,
    `x\n${vpc.name}`,
    7,
    null,
    'a'.repeat(1e5),
  ];
  assert.deepEqual(findResources({ nothing }), []);
});

test("findResources() finds IAM's by ARN, and by name where a member says what it is", () => {
  const arn = 'arn:aws:iam::111122223333:user/a/ann';
  const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const found = findResources({ user: { userName: 'ann', arn } }, { policyArn, roleName: 'ci', name: 'other' });
  assert.deepEqual(found, [
    { type: 'AWS::IAM::User', name: arn },
    { type: 'AWS::IAM::Policy', name: policyArn },
    { type: 'AWS::IAM::Role', name: 'ci' },
  ]);
  const nothing = ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:group/a', 'arn:aws:iam::1:user/a b'];
  assert.deepEqual(findResources({ nothing, path: '/a/', constructor: 'x' }), []);
});

test('findResources() stops looking in large and deep values', () => {
  const many = Array.from({ length: 5000 }, (_, n) => `svc-${String(n).padStart(17, '0')}`);
  assert.equal(findResources(many).length, 20);
  let deep: unknown = arn;
  for (let n = 0; n < 10_000; n++) deep = [deep];
  assert.deepEqual(findResources(deep), []);
});
