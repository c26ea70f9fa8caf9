// Random calls around VPCs, the configuration, and what moves without a call.

import {
  applyConfiguredLoadBalancers,
  applyConfiguredVpcs,
  createSubnet,
  createTags,
  createVpc,
  deleteSubnet,
  deleteTags,
  deleteVpc,
  placeStandIns,
  type ConfiguredVpc,
} from '../../src/domain/ec2/index.ts';
import { applyConfiguredPrincipals, ensureAdminCredential } from '../../src/domain/iam/index.ts';
import { advanceStatuses, defaultSweep, failOverdue, reset, sweep } from '../../src/domain/upkeep/index.ts';
import { secrets } from './iam-words.ts';
import { callOf, type Word } from './hand.ts';

const rule = {
  ...{ protocol: 'tcp' as const, fromPort: 80, toPort: 80, cidrs: ['10.0.0.0/16'], groups: ['web'] },
  prefixLists: ['com.amazonaws.us-east-1.vpc-lattice'],
};

/** A configuration of up to two VPCs; the bits of `n` say what stands in them. */
function configuredVpcs(n: number): readonly ConfiguredVpc[] {
  const has = (bit: number): boolean => (n & (1 << bit)) !== 0;
  const vpc = (name: string, account: string): ConfiguredVpc => ({
    name,
    account,
    region: 'us-east-1',
    cidrs: ['10.0.0.0/16'],
    attachment: { kind: 'loopback' },
    subnets: has(1) ? [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }] : [],
    securityGroups: has(2) ? [{ name: 'web', ingress: [rule], egress: [{ ...rule, groups: [] }] }] : [],
    instances: has(3)
      ? [{ name: 'web-1', address: '10.0.1.10', securityGroups: has(2) ? ['web'] : [], command: ['node', 'web.mjs'] }]
      : [],
  });
  return [...(has(4) ? [] : [vpc('shop', '111111111111')]), ...(has(0) ? [vpc('pay', '222222222222')] : [])];
}

/** The words; `revision` tells the newest one, for a data plane that obeys late. */
export const placeWords: readonly Word[] = [
  (_, a, b) =>
    callOf(createVpc, {
      cidrBlock: `10.${a % 4}.0.0/16`,
      ipv6: a % 2 === 1,
      attachment: b % 3 === 0 ? { kind: 'netns' } : { kind: 'loopback' },
    }),
  (hand, a) => callOf(deleteVpc, { vpcId: hand.id('vpc', a) }),
  (hand, a, b) => {
    const vpc = hand.own('vpc', a);
    const cidrBlock = `${(vpc?.cidrs[0] ?? '10.0').split('.').slice(0, 2).join('.')}.${b % 6}.0/24`;
    return callOf(createSubnet, { vpcId: vpc?.id ?? hand.id('vpc', a), cidrBlock });
  },
  (hand, a, b, c) =>
    callOf(createTags, { ids: [hand.id('vpc', a), hand.id('subnet', b)], tags: { [`key-${c % 4}`]: 'x' } }),
  (hand, a, b) =>
    callOf(deleteTags, { ids: [hand.id('vpc', a)], ...(b % 4 === 0 ? {} : { tags: [{ key: `key-${b % 4}` }] }) }),
  (hand, a) => callOf(deleteSubnet, { subnetId: hand.id('subnet', a) }),
  (_, a) => callOf(applyConfiguredVpcs, { vpcs: configuredVpcs(a) }),
  (_, a) =>
    callOf(applyConfiguredLoadBalancers, {
      loadBalancers:
        a % 2 === 0
          ? []
          : [
              {
                arn: 'arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/shop/0123456789abcdef',
                dnsName: `alb-${a % 3}.internal`,
              },
            ],
    }),
  (_, a) =>
    callOf(applyConfiguredPrincipals, {
      principals: Array.from({ length: a % 3 }, (_one, n) => ({
        arn: `arn:aws:iam::111111111111:user/u-${n}`,
        accessKeyId: `AKIAUSER${n}`,
        secretAccessKey: `secret-${a}`,
        policies: [],
      })),
      secrets,
    }),
  () => callOf(ensureAdminCredential, { secrets }),
  (hand, a, b) =>
    callOf(placeStandIns, {
      standIns: Array.from({ length: a % 3 }, (_one, n) => ({
        instanceId: `i-0000000000000000${n}`,
        vpcId: hand.id('vpc', b),
        address: `10.0.0.${n + 10}`,
        securityGroups: [],
      })),
    }),
  (_, a, b) => (a < 2 && b < 4 ? callOf(reset, null) : callOf(sweep, defaultSweep)),
  (_, a) => callOf(failOverdue, { timeout: 60_000, countedFrom: a * 20_000 }),
];

/** The data plane obeys everything but the last `lag` revisions. */
export function obeyCall(revision: number, lag: number) {
  return callOf(advanceStatuses, { obeyedRevision: revision - lag });
}
