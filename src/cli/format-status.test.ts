// The text form of `pergola status`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatStatus, type ServerStatus } from './format-status.ts';

const status: ServerStatus = {
  revision: 7,
  obeyedRevision: 7,
  ageSeconds: 61,
  dataDirectory: '/srv/.pergola',
  attach: 'loopback',
  generation: 1,
  supervisorPid: 90,
  controlPid: 91,
  listening: [],
  workers: [{ worker: 0, pid: 100, revision: 7 }],
  vpcs: [
    {
      id: 'vpc-1',
      name: 'shop',
      cidrs: ['10.0.0.0/16'],
      attachment: { kind: 'loopback', n: 3 },
      instances: [{ id: 'i-0', name: 'web', address: '10.0.1.9' }],
      workloads: [
        { id: 'w-1', address: '10.0.1.10' },
        { id: 'w-2', address: '10.0.1.11', namespace: '/proc/12/ns/net' },
      ],
      services: [
        { id: 'svc-1', serviceName: 'shop', name: 'shop.on.aws', address: '127.103.0.1', ports: [20080, 8443] },
      ],
    },
  ],
  targetGroups: [
    {
      ...{ id: 'tg-1', name: 'web', vpcId: 'vpc-1' },
      targets: [
        { id: 'fd00::1', port: 80, address: 'fd00::1', health: 'healthy' },
        { id: 'i-0', port: 80, address: '10.0.1.9', health: 'draining' },
        { id: '10.0.1.9', port: 81, address: '10.0.1.9', health: 'initial' },
      ],
    },
    { id: 'tg-2', name: 'old', vpcId: 'vpc-1', targets: [] },
  ],
  problems: [],
};

test('formatStatus() tells one thing a line', () => {
  assert.equal(
    formatStatus(status),
    `up 61 s, attach loopback, data in /srv/.pergola
revision 7, obeyed everywhere
worker 0: pid 100, revision 7
vpc shop (vpc-1): 10.0.0.0/16, loopback 3
  instance web (i-0) at 10.0.1.9
  workload w-1 at 10.0.1.10
  workload w-2 at 10.0.1.11, joined from /proc/12/ns/net
  service shop (shop.on.aws) at 127.103.0.1, ports 20080, 8443
target group web (tg-1)
  [fd00::1]:80 healthy
  web (i-0):80 draining
  web (10.0.1.9):81 initial
target group old (tg-2)
  no target
no problems
`,
  );
});

test('formatStatus() tells problems and what is not obeyed yet', () => {
  const text = formatStatus({ ...status, obeyedRevision: 5, problems: ['the VPC shop is not attached'] });
  assert.match(text, /^revision 7, obeyed everywhere up to 5$/m);
  assert.match(text, /^problem: the VPC shop is not attached$/m);
  assert.doesNotMatch(text, /no problems/);
});

test('formatStatus() calls the attachment of VPCs as it calls that of the server', () => {
  const netns = status.vpcs.map((vpc) => ({ ...vpc, attachment: { kind: 'netns' } }));
  const text = formatStatus({ ...status, attach: 'userns', vpcs: netns });
  assert.match(text, /^up 61 s, attach userns,/m);
  assert.match(text, /^vpc shop \(vpc-1\): 10\.0\.0\.0\/16, userns$/m);
});
