// Random calls around services: networks, services, listeners, rules, target groups, targets, associations, what belongs to them.

import {
  createAccessLogSubscription,
  deleteAccessLogSubscription,
  updateAccessLogSubscription,
} from '../../src/domain/access-log/index.ts';
import {
  createServiceAssociation,
  createVpcAssociation,
  deleteServiceAssociation,
  deleteVpcAssociation,
  updateVpcAssociation,
} from '../../src/domain/association/index.ts';
import { createListener, deleteListener, updateListener } from '../../src/domain/listener/index.ts';
import { createServiceNetwork, deleteServiceNetwork, updateServiceNetwork } from '../../src/domain/network/index.ts';
import {
  deleteAuthPolicy,
  deleteResourcePolicy,
  putAuthPolicy,
  putResourcePolicy,
} from '../../src/domain/policy/index.ts';
import {
  batchUpdateRule,
  createRule,
  deleteRule,
  updateRule,
  type RuleActionInput,
} from '../../src/domain/rule/index.ts';
import { createService, deleteService, updateService } from '../../src/domain/service/index.ts';
import { tagResource, tagResources, untagResource, untagResources } from '../../src/domain/tag/index.ts';
import {
  createTargetGroup,
  deleteTargetGroup,
  deregisterTargets,
  registerTargets,
  updateTargetGroup,
  type CreateTargetGroupInput,
} from '../../src/domain/target/index.ts';
import { callOf, type Hand, type Word } from './hand.ts';

const authTypes = ['NONE', 'AWS_IAM'] as const;

function action(hand: Hand, a: number, b: number): RuleActionInput {
  if (a % 3 === 0) return { kind: 'fixedResponse', statusCode: 404 };
  const groups = [hand.identifier('targetGroup', a), hand.identifier('targetGroup', b)];
  return {
    kind: 'forward',
    targetGroups: [...new Set(groups)].map((targetGroupIdentifier) => ({ targetGroupIdentifier, weight: b })),
  };
}

function owner(hand: Hand, n: number): string {
  return n % 2 === 0 ? hand.identifier('service', n) : hand.identifier('serviceNetwork', n);
}

/** A listener with its service, as the calls name them; mostly they belong together. */
function place(hand: Hand, n: number): { readonly serviceIdentifier: string; readonly listenerIdentifier: string } {
  const listener = hand.own('listener', n);
  return {
    serviceIdentifier: n % 8 === 7 ? hand.identifier('service', n) : (listener?.serviceId ?? 'svc-0'),
    listenerIdentifier: listener?.id ?? 'listener-0',
  };
}

/** A rule of that listener, mostly. */
function ruleOf(hand: Hand, n: number): string {
  const { listenerIdentifier } = place(hand, n);
  for (let i = 0; i < 8; i++) {
    const rule = hand.own('rule', n + i);
    if (rule?.listenerId === listenerIdentifier) return rule.id;
  }
  return hand.identifier('rule', n);
}

function policy(n: number): string {
  if (n % 5 === 0) return 'no policy';
  const statement = { Effect: 'Allow', Principal: '*', Action: `vpc-lattice-svcs:A${n % 3}`, Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function groupConfig(hand: Hand, a: number, b: number): Pick<CreateTargetGroupInput, 'type' | 'config'> {
  const vpcIdentifier = hand.id('vpc', b);
  if (a % 7 === 0) return { type: 'LAMBDA' };
  if (a % 7 === 1) return { type: 'ALB', config: { protocol: 'HTTP', vpcIdentifier } };
  if (a % 7 === 2) return { type: 'INSTANCE', config: { protocol: 'HTTP', vpcIdentifier } };
  return { type: 'IP', config: { protocol: a % 7 === 3 ? 'HTTPS' : 'HTTP', vpcIdentifier } };
}

const functionArn = 'arn:aws:lambda:us-east-1:111111111111:function:quote';
const balancerArn = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/shop/0123456789abcdef';

function targets(hand: Hand, a: number, b: number) {
  const targetGroupIdentifier = hand.identifier('targetGroup', a);
  const group = hand.own('targetGroup', a);
  const ids = {
    LAMBDA: [{ id: functionArn }],
    ALB: [{ id: balancerArn, port: 80 }],
    INSTANCE: [{ id: hand.id('instance', b) }],
    IP: [{ id: `127.0.0.${(b % 5) + 1}` }, { id: `10.0.1.${(b % 5) + 1}`, port: 8000 + (b % 2) }],
  };
  return { targetGroupIdentifier, targets: ids[group?.type ?? 'IP'] };
}

const destinations = ['s3:::logs', 'logs:us-east-1:111111111111:log-group:a', 'sqs:us-east-1:111111111111:queue'];
const destination = (n: number): string => `arn:aws:${destinations[n % 3] ?? ''}${n % 6 < 3 ? '' : '-2'}`;
const tags = (n: number) => ({ [`key-${n % 4}`]: `value-${n % 3}` });

/** The words. */
export const serviceWords: readonly Word[] = [
  (_, a, b) =>
    callOf(createServiceNetwork, { name: `network-${a % 6}`, authType: authTypes[b % 2] ?? 'NONE', tags: tags(b) }),
  (hand, a, b) =>
    callOf(updateServiceNetwork, {
      serviceNetworkIdentifier: hand.identifier('serviceNetwork', a),
      authType: authTypes[b % 2] ?? 'NONE',
    }),
  (hand, a) => callOf(deleteServiceNetwork, { serviceNetworkIdentifier: hand.identifier('serviceNetwork', a) }),
  (_, a, b) =>
    callOf(createService, {
      name: `service-${a % 8}`,
      ...(b % 3 === 0 ? { customDomainName: `shop-${b % 4}.example.com` } : {}),
    }),
  (hand, a, b) =>
    callOf(updateService, { serviceIdentifier: hand.identifier('service', a), authType: authTypes[b % 2] ?? 'NONE' }),
  (hand, a) => callOf(deleteService, { serviceIdentifier: hand.identifier('service', a) }),
  (hand, a, b, c) =>
    callOf(createListener, {
      serviceIdentifier: hand.identifier('service', a),
      name: `listener-of-${b % 3}`,
      protocol: c % 5 === 0 ? 'TLS_PASSTHROUGH' : 'HTTP',
      port: 80 + (c % 4),
      defaultAction: action(hand, b, c),
    }),
  (hand, a, b, c) => callOf(updateListener, { ...place(hand, a), defaultAction: action(hand, b, c) }),
  (hand, a) => callOf(deleteListener, place(hand, a)),
  (hand, a, b, c) =>
    callOf(createRule, {
      ...place(hand, a),
      name: `rule-of-${b % 5}`,
      priority: (c % 6) + 1,
      match: { path: { kind: 'prefix', value: `/${b}` } },
      action: action(hand, c, b),
    }),
  (hand, a, b, c) =>
    callOf(updateRule, {
      ...place(hand, a),
      ruleIdentifier: ruleOf(hand, a),
      priority: (b % 6) + 1,
      action: action(hand, b, c),
    }),
  (hand, a, b, c) =>
    callOf(batchUpdateRule, {
      ...place(hand, a),
      rules: [
        { ruleIdentifier: ruleOf(hand, a), priority: (b % 6) + 1 },
        { ruleIdentifier: hand.identifier('rule', b), priority: (c % 6) + 1, action: action(hand, c, a) },
      ],
    }),
  (hand, a) => callOf(deleteRule, { ...place(hand, a), ruleIdentifier: ruleOf(hand, a) }),
  (hand, a, b, c) => callOf(createTargetGroup, { name: `group-${c % 8}`, ...groupConfig(hand, a, b) }),
  (hand, a, b) =>
    callOf(updateTargetGroup, {
      targetGroupIdentifier: hand.identifier('targetGroup', a),
      healthCheck: { enabled: b % 2 === 0, path: `/${b}` },
    }),
  (hand, a) => callOf(deleteTargetGroup, { targetGroupIdentifier: hand.identifier('targetGroup', a) }),
  (hand, a, b) => callOf(registerTargets, targets(hand, a, b)),
  (hand, a, b) => callOf(deregisterTargets, targets(hand, a, b)),
  (hand, a, b) =>
    callOf(createServiceAssociation, {
      serviceIdentifier: hand.identifier('service', a),
      serviceNetworkIdentifier: hand.identifier('serviceNetwork', b),
    }),
  (hand, a) =>
    callOf(deleteServiceAssociation, { serviceAssociationIdentifier: hand.identifier('serviceAssociation', a) }),
  (hand, a, b, c) =>
    callOf(createVpcAssociation, {
      serviceNetworkIdentifier: hand.identifier('serviceNetwork', a),
      vpcIdentifier: hand.id('vpc', b),
      ...(c % 2 === 0 ? {} : { securityGroupIds: [hand.id('securityGroup', c)] }),
    }),
  (hand, a, b) =>
    callOf(updateVpcAssociation, {
      vpcAssociationIdentifier: hand.identifier('vpcAssociation', a),
      ...(b % 2 === 0 ? { privateDnsEnabled: b % 4 === 0 } : { securityGroupIds: [hand.id('securityGroup', b)] }),
    }),
  (hand, a) => callOf(deleteVpcAssociation, { vpcAssociationIdentifier: hand.identifier('vpcAssociation', a) }),
  (hand, a, b) =>
    callOf(createAccessLogSubscription, { resourceIdentifier: owner(hand, a), destinationArn: destination(b) }),
  (hand, a, b) =>
    callOf(updateAccessLogSubscription, {
      accessLogSubscriptionIdentifier: hand.identifier('accessLogSubscription', a),
      destinationArn: destination(b),
    }),
  (hand, a) =>
    callOf(deleteAccessLogSubscription, {
      accessLogSubscriptionIdentifier: hand.identifier('accessLogSubscription', a),
    }),
  (hand, a, b) => callOf(putAuthPolicy, { resourceIdentifier: owner(hand, a), policy: policy(b) }),
  (hand, a) => callOf(deleteAuthPolicy, { resourceIdentifier: owner(hand, a) }),
  (hand, a, b) => callOf(putResourcePolicy, { resourceArn: hand.arn(a), policy: policy(b) }),
  (hand, a) => callOf(deleteResourcePolicy, { resourceArn: hand.arn(a) }),
  (hand, a, b) => callOf(tagResource, { resourceArn: hand.arn(a), tags: tags(b) }),
  (hand, a, b) => callOf(untagResource, { resourceArn: hand.arn(a), tagKeys: Object.keys(tags(b)) }),
  (hand, a, b, c) => callOf(tagResources, { arns: [hand.arn(a), hand.arn(b)], tags: tags(c) }),
  (hand, a, b, c) => callOf(untagResources, { arns: [hand.arn(a), hand.arn(b)], tagKeys: Object.keys(tags(c)) }),
];
