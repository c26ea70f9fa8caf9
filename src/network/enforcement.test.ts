import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routerRuleset } from './enforcement.ts';
import { formatRuleset, formatSetChange } from './ruleset.ts';

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
  const rules = formatRuleset(routerRuleset(guard)).replaceAll(
    / comment "pg:\w{12}(?: (.*?))?"$/gm,
    (_all, name?: string) => (name === undefined ? '' : ` # ${name}`),
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
 chain w0a00010a-out {
  ip daddr { 169.254.171.0/24 } counter return # sgr-2
  counter drop # no rule of sg-web
 }
 chain w0a00010a-in {
  tcp dport 8080-8081 counter accept # sgr-1
  counter drop # no rule of sg-web
 }
 chain door-0 {
  ip saddr { 10.0.1.10/32 } tcp dport 80-80 counter return # sgr-3
  counter drop # no rule of sg-door
 }
 chain clients {
  iifname vmap { "w0a00010a" : jump w0a00010a-out }
  ip daddr { 169.254.171.7, 169.254.171.8 } jump door-0
  accept
 }
 chain forward {
  type filter hook forward priority 0; policy drop;
  tcp flags & (syn | ack) != syn iifname "core0" accept
  tcp flags & (syn | ack) != syn oifname "core0" ip daddr 169.254.192.16/28 accept
  iifname "core0" meta l4proto tcp oifname vmap { "w0a00010a" : goto w0a00010a-in, "w0a00010b" : accept }
  icmp type destination-unreachable accept
  iifname "core0" drop
  meta l4proto tcp reject with tcp reset
  reject with icmpx admin-prohibited
 }
}
`,
  );
});

test('formatSetChange() removes before it adds, and is undefined without a change', () => {
  assert.equal(
    formatSetChange('doors', new Set(['a', 'b']), new Set(['b', 'c'])),
    'delete element inet pergola doors { a }\nadd element inet pergola doors { c }\n',
  );
  assert.equal(formatSetChange('doors', new Set(['a']), new Set(['a'])), undefined);
});
