// Answers about service networks, services, listeners, rules, target groups, policies, logs and tags.

import { dnsEntry, empty, failure, items, mapMembers, noContent, times, type AnswerRow } from './answer-row.ts';

const fixed = '{fixedResponse{statusCode}}';

const forward = '{forward{targetGroups[targetGroupIdentifier weight]}}';

// Rules: the default rule has neither match nor priority; headerMatches is there when it is empty (AWS Gateway API Controller).
const fullMatch =
  'match{httpMatch{method pathMatch{match{exact} caseSensitive} headerMatches[name match{prefix} caseSensitive]}}';

const minimalMatch = 'match{httpMatch{headerMatches[]}}';

const rule = 'arn id name priority';

const createdRule = {
  full: `${rule} ${fullMatch} action${forward}`,
  minimal: `${rule} ${minimalMatch} action${fixed}`,
};

const changedRule = { full: `${createdRule.full} isDefault`, minimal: `${createdRule.minimal} isDefault` };

const listener = 'arn id name protocol port serviceArn serviceId';

// Services: no member for what was not given (AWS CLI: get-service).
const service = `id arn name authType idleTimeoutSeconds`;

const named = 'customDomainName certificateArn';

// Target groups: the default health check is shown without a port; LAMBDA has no `config` unless one was given (AWS CLI:
// create-target-group; acceptance tests of the Terraform provider), INSTANCE no address type.
const group = 'id arn name type status';

const check =
  'enabled protocol protocolVersion path healthCheckIntervalSeconds healthCheckTimeoutSeconds healthyThresholdCount unhealthyThresholdCount matcher{httpCode}';

const groupConfig = 'port protocol protocolVersion vpcIdentifier';

const groups = {
  full: `${group} config{${groupConfig} ipAddressType healthCheck{${check} port}}`,
  minimal: group,
  more: {
    instance: `${group} config{${groupConfig} healthCheck{${check}}}`,
    alb: `${group} config{${groupConfig}}`,
    tcp: `${group} config{port protocol vpcIdentifier ipAddressType healthCheck{enabled}}`,
    event: `${group} config{lambdaEventStructureVersion}`,
  },
};

const shownGroups = mapMembers(groups, (members) => `${members} ${times} serviceArns[]`);

const network = 'id name arn authType';

const countedNetwork = `${network} ${times} numberOfAssociatedVPCs numberOfAssociatedServices`;

const subscription = 'id arn resourceId resourceArn destinationArn';

/** By operation. */
export const serviceAnswers: Readonly<Record<string, AnswerRow>> = {
  BatchUpdateRule: {
    status: 200,
    full: `successful[${changedRule.full}] unsuccessful[ruleIdentifier failureCode failureMessage]`,
    minimal: `successful[${changedRule.minimal}] unsuccessful[]`,
  },
  CreateAccessLogSubscription: {
    status: 201,
    full: `${subscription} serviceNetworkLogType`,
    minimal: subscription,
  },
  CreateListener: {
    status: 201,
    full: `${listener} defaultAction${forward}`,
    minimal: `${listener} defaultAction${fixed}`,
  },
  CreateRule: { status: 201, ...createdRule },
  CreateService: {
    status: 201,
    full: `${service} status ${dnsEntry} ${named}`,
    minimal: `${service} status ${dnsEntry}`,
  },
  CreateServiceNetwork: { status: 201, full: `${network} sharingConfig{enabled}` },
  CreateTargetGroup: { status: 201, ...groups },
  DeleteAccessLogSubscription: noContent,
  DeleteAuthPolicy: noContent,
  DeleteListener: noContent,
  DeleteResourcePolicy: noContent,
  DeleteRule: noContent,
  DeleteService: { status: 200, full: 'id arn name status' },
  DeleteServiceNetwork: noContent,
  DeleteTargetGroup: { status: 200, full: 'id arn status' },
  DeregisterTargets: {
    status: 200,
    full: 'successful[id port] unsuccessful[id port failureCode failureMessage]',
    minimal: 'successful[id] unsuccessful[]',
  },
  GetAccessLogSubscription: {
    status: 200,
    full: `${subscription} serviceNetworkLogType ${times}`,
    minimal: `${subscription} ${times}`,
  },
  // Nothing set is an empty answer, no error (Terraform provider on the wire).
  GetAuthPolicy: { status: 200, full: `policy state ${times}`, minimal: '' },
  GetListener: {
    status: 200,
    full: `${listener} defaultAction${forward} ${times}`,
    minimal: `${listener} defaultAction${fixed} ${times}`,
  },
  GetResourcePolicy: { status: 200, full: 'policy' },
  GetRule: {
    status: 200,
    full: `${changedRule.full} ${times}`,
    minimal: `${changedRule.minimal} ${times}`,
    more: { default: `arn id name isDefault action${fixed} ${times}` },
  },
  GetService: {
    status: 200,
    full: `${service} status ${dnsEntry} ${named} ${times}`,
    minimal: `${service} status ${dnsEntry} ${times}`,
    more: { failed: `${service} status ${dnsEntry} ${times} ${failure}` },
  },
  GetServiceNetwork: { status: 200, full: `${countedNetwork} sharingConfig{enabled}` },
  GetTargetGroup: {
    status: 200,
    ...shownGroups,
    more: {
      ...shownGroups.more,
      used: `${group} ${times} serviceArns[*]`,
      failed: `${group} ${times} serviceArns[] ${failure}`,
    },
  },
  ListAccessLogSubscriptions: {
    status: 200,
    full: items(`${subscription} serviceNetworkLogType ${times}`),
    minimal: items(`${subscription} ${times}`),
    more: { none: 'items[]' },
  },
  ListListeners: { status: 200, full: items(`arn id name protocol port ${times}`), more: { none: 'items[]' } },
  ListRules: {
    status: 200,
    full: items(`${rule} isDefault ${times}`),
    more: { default: items(`arn id name isDefault ${times}`) },
  },
  ListServiceNetworks: {
    status: 200,
    full: items(
      `id name arn ${times} numberOfAssociatedVPCs numberOfAssociatedServices numberOfAssociatedResourceConfigurations`,
    ),
  },
  ListServices: {
    status: 200,
    full: items(`id name arn ${times} ${dnsEntry} customDomainName status`),
    minimal: items(`id name arn ${times} ${dnsEntry} status`),
  },
  ListTagsForResource: { status: 200, full: 'tags{team}', minimal: 'tags{}' },
  ListTargetGroups: {
    status: 200,
    full: items(`${group} port protocol ipAddressType vpcIdentifier serviceArns[] ${times}`),
    // AWS CLI: list-target-groups of type LAMBDA.
    minimal: items(`${group} serviceArns[] ${times}`),
    more: {
      instance: items(`${group} port protocol vpcIdentifier serviceArns[] ${times}`),
      event: items(`${group} lambdaEventStructureVersion serviceArns[] ${times}`),
      used: items(`${group} serviceArns[*] ${times}`),
    },
  },
  // A healthy target has no reason (AWS CLI: list-targets).
  ListTargets: {
    status: 200,
    full: items('id port status reasonCode'),
    minimal: items('id status reasonCode'),
    more: { none: 'items[]', healthy: items('id port status') },
  },
  PutAuthPolicy: { status: 200, full: 'policy state' },
  PutResourcePolicy: empty,
  RegisterTargets: {
    status: 200,
    full: 'successful[id port] unsuccessful[id port failureCode failureMessage]',
    minimal: 'successful[id] unsuccessful[]',
  },
  TagResource: empty,
  UntagResource: empty,
  UpdateAccessLogSubscription: { status: 200, full: subscription },
  UpdateListener: {
    status: 200,
    full: `${listener} defaultAction${forward}`,
    minimal: `${listener} defaultAction${fixed}`,
  },
  UpdateRule: { status: 200, ...changedRule },
  UpdateService: { status: 200, full: `${service} ${named}`, minimal: service },
  UpdateServiceNetwork: { status: 200, full: network },
  UpdateTargetGroup: { status: 200, full: groups.full, more: { instance: groups.more.instance } },
};
