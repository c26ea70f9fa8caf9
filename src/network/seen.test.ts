import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSeen, parseSeen, relatedNames, type SeenNamespace } from './seen.ts';

const empty: Omit<SeenNamespace, 'name' | 'links' | 'neighbours'> = {
  addresses: [],
  routes: [],
  rules: ['from all lookup local pref 0'],
  sysctls: [['net/ipv4/ip_forward', '1']],
  filter: {
    table: 'inet pergola',
    shape: 'set doors',
    sets: new Map([['doors', new Set(['1.2.3.4 . 5'])]]),
    foreign: [],
  },
};

test('parseSeen() finds the other ends of links in our namespaces, and leaves out what the kernel put there', () => {
  const network = parseSeen(
    formatSeen([
      {
        ...empty,
        name: 'pg-core',
        links: [
          { index: 1, name: 'lo', up: true },
          { index: 2, name: 'u0', up: true, other: { index: 3, namespaceId: 4 } },
          { index: 5, name: 'host', up: true, other: { index: 3, namespaceId: 9 } },
          { index: 6, name: 'sit0', up: false },
        ],
        neighbours: [[4, 'pg-vpc-a']],
      },
      {
        ...empty,
        name: 'pg-vpc-a',
        links: [
          { index: 3, name: 'core0', up: false, other: { index: 2, namespaceId: 0 } },
          { index: 4, name: 'a', up: true, other: { index: 5 } },
          { index: 5, name: 'b', up: true, other: { index: 4 } },
        ],
        neighbours: [[0, 'pg-core']],
      },
    ]),
  );
  assert.deepEqual(
    [...network].map(([name, { links }]) => [name, Object.fromEntries(links)]),
    [
      ['pg-core', { lo: { up: true }, u0: { up: true, peer: 'pg-vpc-a/core0' }, host: { up: true } }],
      [
        'pg-vpc-a',
        {
          core0: { up: false, peer: 'pg-core/u0' },
          a: { up: true, peer: 'pg-vpc-a/b' },
          b: { up: true, peer: 'pg-vpc-a/a' },
        },
      ],
    ],
  );
  const { links, ...rest } = network.get('pg-vpc-a') ?? {};
  assert.equal(links?.size, 3);
  assert.deepEqual(rest, {
    addresses: new Set(),
    routes: new Set(),
    rules: new Set(empty.rules),
    sysctls: new Map(empty.sysctls),
    filter: empty.filter,
  });
});

test('relatedNames() begins with the router, the workloads and the core', () => {
  const all = ['pg-vpc-b', 'pg-core', 'pg-vpc-a', 'pg-vpc-a-10.0.1.10', 'pg-vpc-ab'];
  assert.deepEqual([...relatedNames('pg-vpc-a', all)], ['pg-core', 'pg-vpc-a-10.0.1.10', 'pg-vpc-b', 'pg-vpc-ab']);
  assert.deepEqual([...relatedNames('pg-vpc-a-10.0.1.10', all)].slice(0, 2), ['pg-core', 'pg-vpc-a']);
});
