// Policies that AWS publishes, as one table: the page, a document that is like its example, who asks what, and the verdict that the page gives.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  A,
  allowed,
  ann,
  B,
  denied,
  differences,
  session,
  user,
  type Example,
  type Keys,
  type Row,
} from './published-sample.ts';
import type { Principal } from './request.ts';

const operators = 'Condition operators';
const sets = 'Multivalued context keys';
const variables = 'Variables and tags';
const many = 'Conditions with multiple context keys or values';

const bucket = 'arn:aws:s3:::shelf';
const keyOfAnn = `arn:aws:iam::${A}:user/ann`;
const call = (keys: Keys, verdict: Row[4], who: Principal = ann): Row => [
  who,
  'iam:CreateAccessKey',
  keyOfAnn,
  keys,
  verdict,
];
const accessKeys = (Condition: object): object =>
  allowed('iam:*AccessKey*', { Resource: `arn:aws:iam::${A}:user/*`, Condition });

const singles: readonly Example[] = [
  {
    ...{
      page: operators,
      about: 'a tag of the principal that must be there, and an absent one matches nothing',
      kind: 'identity',
    },
    statements: accessKeys({ StringEquals: { 'aws:PrincipalTag/job': 'admin' } }),
    rows: [
      call({}, 'Allow', user('ann', A, { job: 'admin' })),
      call({}, 'None'),
      call({}, 'None', user('ann', A, { job: 'Admin' })),
    ],
  },
  {
    ...{ page: operators, about: 'StringLike on a prefix, with the name of the user in it', kind: 'identity' },
    statements: allowed('s3:ListBucket', {
      Resource: bucket,
      Condition: { StringLike: { 's3:prefix': ['', 'home/', 'home/${aws:username}/*'] } },
    }),
    rows: (
      [
        ['', 'Allow'],
        ['home/', 'Allow'],
        ['home/ann/x', 'Allow'],
        ['home/bob/x', 'None'],
        ['other', 'None'],
      ] as const
    ).map(([prefix, verdict]): Row => [ann, 's3:ListBucket', bucket, { 's3:prefix': prefix }, verdict]),
  },
  {
    ...{ page: operators, about: 'a number up to another', kind: 'identity' },
    statements: allowed('s3:ListBucket', { Condition: { NumericLessThanEquals: { 's3:max-keys': '10' } } }),
    rows: [
      [ann, 's3:ListBucket', bucket, { 's3:max-keys': '10' }, 'Allow'],
      [ann, 's3:ListBucket', bucket, { 's3:max-keys': '11' }, 'None'],
      [ann, 's3:ListBucket', bucket, {}, 'None'],
    ],
  },
  {
    ...{
      page: operators,
      about: 'credentials that were issued after a date, which long-lived keys never are',
      kind: 'identity',
    },
    statements: accessKeys({ DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:01Z' } }),
    rows: [
      call({ 'aws:tokenissuetime': '2020-01-02T00:00:00Z' }, 'Allow'),
      call({ 'aws:tokenissuetime': '2019-12-31T23:59:59Z' }, 'None'),
      call({}, 'None'),
    ],
  },
  {
    ...{ page: operators, about: 'what did not come over TLS is denied', kind: 'identity' },
    statements: [
      allowed('s3:*'),
      denied('s3:*', { Resource: [bucket, `${bucket}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ],
    rows: [
      [ann, 's3:GetObject', `${bucket}/a`, { 'aws:securetransport': 'false' }, 'Deny'],
      [ann, 's3:GetObject', `${bucket}/a`, { 'aws:securetransport': 'true' }, 'Allow'],
    ],
  },
  {
    ...{
      page: operators,
      about: 'ranges of both families; through a VPC endpoint there is no source address',
      kind: 'identity',
    },
    statements: allowed('*', {
      Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:DB8:1234:5678::/64'] } },
    }),
    rows: (
      [
        ['203.0.113.255', 'Allow'],
        ['203.0.114.0', 'None'],
        ['2001:db8:1234:5678:9::1', 'Allow'],
        ['2001:db8:1234:5679::1', 'None'],
        [undefined, 'None'],
      ] as const
    ).map(([address, verdict]) => call({ 'aws:sourceip': address }, verdict)),
  },
  {
    ...{ page: operators, about: 'an ARN is compared part by part, a text as one', kind: 'resource' },
    statements: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'x:Arn',
        Resource: '*',
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:x:*:${A}:finance/*` } },
      },
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'x:Text',
        Resource: '*',
        Condition: { StringLike: { 'aws:SourceArn': `arn:aws:x:*:${A}:finance/*` } },
      },
    ],
    rows: (['x:Arn', 'x:Text'] as const).flatMap((action): readonly Row[] => [
      [ann, action, '*', { 'aws:sourcearn': `arn:aws:x:us-east-2:${A}:finance/a.txt` }, 'Allow'],
      [
        ann,
        action,
        '*',
        { 'aws:sourcearn': `arn:aws:x:us-east-2:${B}:store/abc:${A}:finance/a.txt` },
        action === 'x:Text' ? 'Allow' : 'None',
      ],
    ]),
  },
  {
    ...{ page: operators, about: 'IfExists asks only resources that have the key', kind: 'identity' },
    statements: allowed('ec2:RunInstances', {
      Condition: { StringLikeIfExists: { 'ec2:InstanceType': ['t1.*', 't2.*'] } },
    }),
    rows: [
      [ann, 'ec2:RunInstances', 'arn:aws:ec2:r:a:instance/*', { 'ec2:instancetype': 't2.micro' }, 'Allow'],
      [ann, 'ec2:RunInstances', 'arn:aws:ec2:r:a:instance/*', { 'ec2:instancetype': 'm5.large' }, 'None'],
      [ann, 'ec2:RunInstances', 'arn:aws:ec2:r:a:key-pair/k', {}, 'Allow'],
    ],
  },
  {
    ...{ page: operators, about: 'without IfExists what has no such key is not allowed', kind: 'identity' },
    statements: allowed('ec2:RunInstances', { Condition: { StringLike: { 'ec2:InstanceType': 't2.*' } } }),
    rows: [[ann, 'ec2:RunInstances', 'arn:aws:ec2:r:a:key-pair/k', {}, 'None']],
  },
  {
    ...{
      page: operators,
      about: 'a denial by a negated operator with IfExists denies what has no such key',
      kind: 'identity',
    },
    statements: [
      allowed('*'),
      denied('*', { Condition: { StringNotEqualsIfExists: { 'aws:ResourceTag/team': 'a' } } }),
    ],
    rows: [
      call({}, 'Deny'),
      call({ 'aws:resourcetag/team': 'b' }, 'Deny'),
      call({ 'aws:resourcetag/team': 'a' }, 'Allow'),
    ],
  },
  {
    ...{ page: operators, about: 'Null tells own keys from temporary ones', kind: 'identity' },
    statements: allowed('ec2:*', { Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }),
    rows: [
      [ann, 'ec2:RunInstances', '*', {}, 'Allow'],
      [ann, 'ec2:RunInstances', '*', { 'aws:tokenissuetime': '2026-01-01T00:00:00Z' }, 'None'],
    ],
  },
  {
    ...{
      page: sets,
      about: 'ForAllValues: only attributes of a list may be asked for; asking for none is allowed',
      kind: 'identity',
    },
    statements: allowed('dynamodb:GetItem', {
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:Attributes': ['Date', 'Message', 'Tags'] } },
    }),
    rows: (
      [
        [['Date', 'Message'], 'Allow'],
        [['Date', 'UserName'], 'None'],
        [['ID'], 'None'],
        [[], 'Allow'],
        [undefined, 'Allow'],
      ] as const
    ).map(([seen, verdict]): Row => [ann, 'dynamodb:GetItem', '*', { 'dynamodb:attributes': seen }, verdict]),
  },
  {
    ...{ page: sets, about: 'Null beside ForAllValues keeps what asks for nothing out', kind: 'identity' },
    statements: allowed('ec2:CreateTags', {
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost'] }, Null: { 'aws:TagKeys': 'false' } },
    }),
    rows: [
      [ann, 'ec2:CreateTags', '*', { 'aws:tagkeys': ['team'] }, 'Allow'],
      [ann, 'ec2:CreateTags', '*', { 'aws:tagkeys': ['team', 'x'] }, 'None'],
      [ann, 'ec2:CreateTags', '*', {}, 'None'],
    ],
  },
  {
    ...{ page: sets, about: 'ForAnyValue: one attribute of a list is enough to be denied', kind: 'identity' },
    statements: [
      allowed('*'),
      denied('dynamodb:PutItem', {
        Condition: { 'ForAnyValue:StringLike': { 'dynamodb:Attributes': ['ID', 'Date'] } },
      }),
    ],
    rows: (
      [
        [['UserName', 'Message', 'Date'], 'Deny'],
        [['UserName'], 'Allow'],
        [[], 'Allow'],
        [undefined, 'Allow'],
      ] as const
    ).map(([seen, verdict]): Row => [ann, 'dynamodb:PutItem', '*', { 'dynamodb:attributes': seen }, verdict]),
  },
  {
    ...{
      page: many,
      about: 'operators and keys must all match, of values one; of a negated operator none',
      kind: 'identity',
    },
    statements: allowed('s3:*', {
      Condition: { StringEquals: { 'a:one': ['x', 'y'], 'a:two': 'z' }, StringNotEquals: { 'a:three': ['p', 'q'] } },
    }),
    rows: (
      [
        ['y', 'z', 'r', 'Allow'],
        ['y', 'w', 'r', 'None'],
        ['w', 'z', 'r', 'None'],
        ['x', 'z', 'q', 'None'],
        ['x', 'z', undefined, 'Allow'],
      ] as const
    ).map(([one, two, three, verdict]): Row => [
      ann,
      's3:GetObject',
      bucket,
      { 'a:one': one, 'a:two': two, 'a:three': three },
      verdict,
    ]),
  },
  {
    ...{
      page: variables,
      about: 'everybody has a folder of their own name; a role has no user name, and the statement says nothing',
      kind: 'identity',
    },
    statements: allowed('s3:GetObject', { Resource: `${bucket}/\${aws:username}/*` }),
    rows: [
      [ann, 's3:GetObject', `${bucket}/ann/x`, {}, 'Allow'],
      [ann, 's3:GetObject', `${bucket}/bob/x`, {}, 'None'],
      [session('r', 'ann'), 's3:GetObject', `${bucket}/ann/x`, {}, 'None'],
    ],
  },
  {
    ...{ page: variables, about: 'a default stands for a tag that is not there', kind: 'identity' },
    statements: allowed('s3:GetObject', { Resource: `${bucket}-\${aws:PrincipalTag/team, 'all'}/*` }),
    rows: [
      [user('ann', A, { team: 'red' }), 's3:GetObject', `${bucket}-red/x`, {}, 'Allow'],
      [user('ann', A, { team: 'red' }), 's3:GetObject', `${bucket}-all/x`, {}, 'None'],
      [ann, 's3:GetObject', `${bucket}-all/x`, {}, 'Allow'],
    ],
  },
  {
    ...{
      page: variables,
      about: 'before 2012 a variable is text; stars, marks and dollars can be written as such',
      kind: 'identity',
      version: '2008-10-17',
    },
    statements: allowed('s3:GetObject', { Resource: `${bucket}/\${aws:username}/*` }),
    rows: [
      [ann, 's3:GetObject', `${bucket}/ann/x`, {}, 'None'],
      [ann, 's3:GetObject', `${bucket}/\${aws:username}/x`, {}, 'Allow'],
    ],
  },
  {
    ...{ page: variables, about: 'characters with a meaning are written as variables', kind: 'identity' },
    statements: allowed('s3:GetObject', { Resource: `${bucket}/\${*}\${?}\${$}` }),
    rows: [
      [ann, 's3:GetObject', `${bucket}/*?$`, {}, 'Allow'],
      [ann, 's3:GetObject', `${bucket}/abc`, {}, 'None'],
    ],
  },
];

describe('policies of the IAM User Guide', () => {
  for (const example of singles)
    test(`${example.page}: ${example.about}`, () => assert.deepEqual(differences(example), []));
});
