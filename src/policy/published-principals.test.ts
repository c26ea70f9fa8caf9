// Whom policies name, as AWS publishes it: Principal and NotPrincipal, who asks, and the verdict that the page gives.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Principal } from './request.ts';
import { A, ann, B, differences, nobody, root, session, user, type Example, type Row } from './published-sample.ts';

const principals = 'Principal';
const but = 'NotPrincipal';
const bucket = 'arn:aws:s3:::shelf';
const whoever = (Effect: 'Allow' | 'Deny', who: object): object => ({
  Effect,
  ...who,
  Action: 's3:*',
  Resource: `${bucket}/*`,
});
const get = (who: Principal, verdict: Row[4]): Row => [who, 's3:GetObject', `${bucket}/a`, {}, verdict];

const examples: readonly Example[] = [
  ...(
    [
      [
        'an account, by its id: everybody of it',
        { AWS: A },
        [
          [ann, true],
          [session('r', 's'), true],
          [root(A), true],
          [user('ann', B), false],
          [nobody, false],
        ],
      ],
      [
        'an account, by its ARN',
        { AWS: `arn:aws:iam::${A}:root` },
        [
          [ann, true],
          [user('ann', B), false],
        ],
      ],
      [
        'a role: all its sessions',
        { AWS: `arn:aws:iam::${A}:role/r` },
        [
          [session('r', 'one'), true],
          [session('r', 'two'), true],
          [session('q', 'one'), false],
        ],
      ],
      [
        'a session: no other of the role',
        { AWS: `arn:aws:sts::${A}:assumed-role/r/one` },
        [
          [session('r', 'one'), true],
          [session('r', 'two'), false],
        ],
      ],
      [
        'a user, whose name has a case',
        { AWS: ann.arn },
        [
          [ann, true],
          [user('Ann'), false],
        ],
      ],
      [
        'everyone, also who does not sign',
        '*',
        [
          [ann, true],
          [user('ann', B), true],
          [nobody, true],
        ],
      ],
      [
        'a service',
        { Service: ['a.amazonaws.com', 'b.amazonaws.com'] },
        [
          [{ kind: 'service', name: 'b.amazonaws.com' }, true],
          [ann, false],
        ],
      ],
      [
        'a provider of identities',
        { Federated: 'accounts.google.com' },
        [
          [{ kind: 'web-identity', provider: 'accounts.google.com' }, true],
          [ann, false],
        ],
      ],
      [
        'a user of another account',
        { AWS: [`arn:aws:iam::${B}:user/ann`, '999999999999'] },
        [
          [user('ann', B), true],
          [ann, false],
        ],
      ],
    ] as const
  ).map(([about, Principal, who]): Example => ({
    ...{ page: principals, about, kind: 'resource', statements: whoever('Allow', { Principal }) },
    rows: who.map(([one, is]) => get(one, is ? 'Allow' : 'None')),
  })),
  {
    ...{ page: but, about: 'all but one user are denied, others of the user’s account too', kind: 'resource' },
    statements: [
      whoever('Allow', { Principal: '*' }),
      whoever('Deny', { NotPrincipal: { AWS: [`arn:aws:iam::${B}:user/bob`, `arn:aws:iam::${B}:root`] } }),
    ],
    rows: [
      get(user('bob', B), 'Allow'),
      get(user('eve', B), 'Deny'),
      get(ann, 'Deny'),
      get(nobody, 'Deny'),
      get(session('r', 's', B), 'Deny'),
    ],
  },
  {
    ...{ page: but, about: 'a session is left out by its own name with its role’s', kind: 'resource' },
    statements: [
      whoever('Allow', { Principal: '*' }),
      whoever('Deny', {
        NotPrincipal: {
          AWS: [`arn:aws:sts::${B}:assumed-role/audit/app`, `arn:aws:iam::${B}:role/audit`, `arn:aws:iam::${B}:root`],
        },
      }),
    ],
    rows: [
      get(session('audit', 'app', B), 'Allow'),
      get(session('audit', 'other', B), 'Deny'),
      get(session('q', 'app', B), 'Deny'),
    ],
  },
  {
    ...{ page: but, about: 'and not by either of the two alone', kind: 'resource' },
    statements: [
      whoever('Allow', { Principal: '*' }),
      whoever('Deny', { NotPrincipal: { AWS: `arn:aws:iam::${B}:role/audit` } }),
    ],
    rows: [get(session('audit', 'app', B), 'Deny')],
  },
  {
    ...{ page: but, about: 'with Allow everyone else is allowed, those who do not sign too', kind: 'resource' },
    statements: whoever('Allow', { NotPrincipal: { AWS: ann.arn } }),
    rows: [get(ann, 'None'), get(user('bob'), 'Allow'), get(nobody, 'Allow')],
  },
];

describe('principals of the IAM User Guide', () => {
  for (const example of examples)
    test(`${example.page}: ${example.about}`, () => assert.deepEqual(differences(example), []));
});
