import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routerRuleset } from './enforcement.ts';
import { formatRuleset, formatSetChange, tableOf } from './ruleset.ts';

const guard = {
  block: '169.254.192.16/28',
  dnsAddresses: ['10.0.0.2', '169.254.169.253'],
  ranges: ['169.254.171.0/24', '169.254.176.0/20'],
  metadataAddresses: ['169.254.169.254', '169.254.170.2'],
  open: new Set(['169.254.171.7 . 80']),
  workloads: [
    { address: '10.0.1.10', securityGroups: ['sg-web'] },
    { address: '10.0.1.11', securityGroups: [] },
  ],
  doors: [
    { id: 'door-1', addresses: ['169.254.171.7', '169.254.171.8'], securityGroups: ['sg-door'] },
    { id: 'door-2', addresses: ['169.254.171.9'], securityGroups: [] },
  ],
  securityGroups: [
    {
      id: 'sg-web',
      name: 'web',
      ingress: [
        { id: 'sgr-1', protocol: 'tcp', fromPort: 8080, toPort: 8081, cidrs: ['0.0.0.0/0', '::/0'], groups: [] },
      ],
      egress: [
        {
          id: 'sgr-2',
          protocol: '-1',
          fromPort: -1,
          toPort: -1,
          cidrs: ['169.254.171.0/24', '169.254.171.128/25'],
          groups: [],
        },
      ],
    },
    {
      id: 'sg-door',
      name: 'door',
      ingress: [
        { id: 'sgr-3', protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: [], groups: ['sg-web'] },
        { id: 'sgr-4', protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: ['::/0'], groups: [] },
      ],
      egress: [],
    },
  ],
} as const;

test('routerRuleset() refuses all but DNS, open doors, and dials from the block', () => {
  const [whole = '', ...others] = formatRuleset(routerRuleset(guard), '');
  assert.deepEqual(others, []);
  const rules = whole.replaceAll(/ comment "pg:\w{12}(?: (.*?))?"$/gm, (_all, name?: string) =>
    name === undefined ? '' : ` # ${name}`,
  );
  assert.equal(
    rules,
    `add table inet pergola
delete table inet pergola
table inet pergola {
 set doors {
  type ipv4_addr . inet_service
  elements = { 169.254.171.7 . 80 }
 }
 chain spoofed {
  type filter hook prerouting priority -300; policy accept;
  meta nfproto ipv6 drop
  iifname "core0" ip saddr != 169.254.192.16/28 drop
  iifname != { "lo", "core0" } iifname . ip saddr != { "w0a00010a" . 10.0.1.10, "w0a00010b" . 10.0.1.11 } drop
 }
 chain input {
  type filter hook input priority 0; policy drop;
  tcp flags & (syn | ack) != syn ip daddr { 169.254.171.0/24, 169.254.176.0/20, 10.0.0.2, 169.254.169.253, 169.254.169.254, 169.254.170.2 } accept
  iifname != { "lo", "core0" } ip daddr { 10.0.0.2, 169.254.169.253 } meta l4proto { tcp, udp } th dport 53 accept
  iifname != { "lo", "core0" } ip daddr { 169.254.169.254, 169.254.170.2 } tcp dport 80 accept
  iifname != { "lo", "core0" } ip daddr . tcp dport @doors goto clients
  icmp type destination-unreachable accept
  meta l4proto tcp reject with tcp reset
  reject with icmpx admin-prohibited
 }
 chain sg-web-out {
  ip daddr { 169.254.171.0/24 } counter return # sgr-2
  counter drop # no rule of sg-web
 }
 chain sg-web-in {
  tcp dport 8080-8081 counter accept # sgr-1
  counter drop # no rule of sg-web
 }
 chain door-0 {
  ip saddr { 10.0.1.10/32 } tcp dport 80-80 counter return # sgr-3
  counter drop # no rule of sg-door
 }
 chain clients {
  iifname vmap { "w0a00010a" : jump sg-web-out }
  ip daddr { 169.254.171.7, 169.254.171.8 } jump door-0
  accept
 }
 chain forward {
  type filter hook forward priority 0; policy drop;
  tcp flags & (syn | ack) != syn iifname "core0" accept
  tcp flags & (syn | ack) != syn oifname "core0" ip daddr 169.254.192.16/28 accept
  iifname "core0" meta l4proto tcp oifname vmap { "w0a00010a" : goto sg-web-in, "w0a00010b" : accept }
  icmp type destination-unreachable accept
  iifname "core0" drop
  meta l4proto tcp reject with tcp reset
  reject with icmpx admin-prohibited
 }
}
`,
  );
});

test('routerRuleset() has the rules of groups once for all workloads that have the same ones', () => {
  const places = ['10.0.1.10', '10.0.1.11', '10.0.1.12'].map((address, i) => ({
    address,
    securityGroups: i === 2 ? ['sg-web'] : i === 1 ? ['sg-door', 'sg-web'] : ['sg-web', 'sg-door'],
  }));
  const { chains } = routerRuleset({ ...guard, workloads: places });
  const [, both = ''] =
    /"w0a00010a" : jump (\S+)-out/.exec(JSON.stringify(chains.get('clients')?.rules).replaceAll('\\', '')) ?? [];
  assert.deepEqual(
    chains.get('clients')?.rules[0],
    `iifname vmap { "w0a00010a" : jump ${both}-out, "w0a00010b" : jump ${both}-out, "w0a00010c" : jump sg-web-out }`,
  );
  assert.equal(chains.get(`${both}-in`)?.rules.length, 3);
});

test('routerRuleset() leaves out ranges inside other ones, whatever their order', () => {
  const cidrs = ['10.0.3.0/24', '10.0.0.0/24', '10.0.0.0/23', '10.0.1.7/32', '10.0.0.0/23', '10.0.2.0/24', 'fd00::/8'];
  const [group] = guard.securityGroups;
  const securityGroups = [{ ...group, egress: [{ ...group.egress[0], cidrs }] }];
  const [rule] = routerRuleset({ ...guard, securityGroups }).chains.get('sg-web-out')?.rules ?? [];
  assert.deepEqual(rule, { text: 'ip daddr { 10.0.0.0/23, 10.0.2.0/24, 10.0.3.0/24 } counter return', name: 'sgr-2' });
});

/** As many rules as a group may have. */
const large = {
  ...guard,
  securityGroups: guard.securityGroups.map((group) => ({
    ...group,
    ingress: Array.from({ length: 1000 }, (_, i) => ({
      ...guard.securityGroups[0].ingress[0],
      id: `sgr-${i}`,
      fromPort: i,
    })),
  })),
};

test('formatRuleset() puts a large ruleset together in a table that sleeps, and changes tables in one transaction', () => {
  const ruleset = routerRuleset(large);
  const table = tableOf(ruleset);
  assert.match(table, /^inet pergola-[0-9a-f]{12}$/);
  const texts = formatRuleset(ruleset, 'inet pergola');
  assert.ok(texts.every(({ length }) => length < 25_000));
  assert.ok(texts[0]?.startsWith(`add table ${table} { flags dormant; }\n`));
  assert.equal(texts.at(-1), `add table ${table}\ndelete table inet pergola\n`);
  assert.equal(formatRuleset(ruleset, table).at(-1), `add table ${table}-again\ndelete table ${table}\n`);
  const [back, ...others] = formatRuleset(routerRuleset(guard), table);
  assert.ok(back?.startsWith(`delete table ${table}\nadd table inet pergola\n`) && others.length === 0);
});

test('formatSetChange() removes before it adds, is nothing without a change, and has no line of any length', () => {
  const change = (before: readonly string[], after: readonly string[]) =>
    formatSetChange('inet t', 'doors', new Set(before), new Set(after));
  assert.deepEqual(change(['a', 'b'], ['b', 'c']), [
    'delete element inet t doors { a }\nadd element inet t doors { c }\n',
  ]);
  assert.deepEqual(change(['a'], ['a']), []);
  const texts = change(
    [],
    Array.from({ length: 5000 }, (_, i) => `169.254.171.1 . ${i}`),
  );
  assert.ok(texts.length > 1 && texts.every(({ length }) => length < 25_000));
});
