// Random calls around resources: gateways, configurations, their associations and endpoints, domain verifications.

import {
  createResourceAssociation,
  deleteResourceAssociation,
  deleteResourceEndpointAssociation,
} from '../../src/domain/association/index.ts';
import type { Context, Decided } from '../../src/domain/decision.ts';
import {
  deleteDomainVerification,
  settleVerifications,
  startDomainVerification,
} from '../../src/domain/domain-verification/index.ts';
import { findResource, formatArn, newId } from '../../src/domain/identifiers.ts';
import { keyOfRecord } from '../../src/domain/records/base.ts';
import {
  createResourceConfiguration,
  deleteResourceConfiguration,
  updateResourceConfiguration,
} from '../../src/domain/resource-configuration/index.ts';
import {
  createResourceGateway,
  deleteResourceGateway,
  updateResourceGateway,
} from '../../src/domain/resource-gateway/index.ts';
import { put, type Change, type State } from '../../src/domain/state.ts';
import { callOf, type Word } from './hand.ts';

/** Stands for EC2, whose endpoints the other calls find but do not make. */
function placeEndpoint(
  state: State,
  input: { readonly configuration: string; readonly network: string },
  context: Context,
): Decided<null> {
  const { account, region, now, random } = context;
  const base = { account, region, createdAt: now, lastUpdatedAt: now, tags: {}, vpcEndpointOwner: account };
  const changes: Change[] = [];
  const configuration = findResource(state, context, 'resourceConfiguration', input.configuration);
  if (configuration?.status === 'ACTIVE') {
    const id = newId('rea', random);
    const arn = formatArn('vpc-lattice', context, `resourceendpointassociation/${id}`);
    const resource = {
      resourceConfigurationKey: keyOfRecord(configuration),
      resourceConfigurationId: configuration.id,
    };
    const vpcEndpointId = newId('vpce', random);
    changes.push(
      put('resourceEndpointAssociation', { ...base, ...resource, id, arn, createdBy: account, vpcEndpointId }),
    );
  }
  const network = findResource(state, context, 'serviceNetwork', input.network);
  if (network !== undefined) {
    const vpcEndpointId = newId('vpce', random);
    const endpoint = { vpcEndpointId, vpcId: 'vpc-0', state: 'available', serviceNetworkKey: keyOfRecord(network) };
    changes.push(put('networkEndpointAssociation', { ...base, id: vpcEndpointId, ...endpoint }));
  }
  return { changes, result: null };
}

/** The words. */
export const resourceWords: readonly Word[] = [
  (hand, a, b, c) => {
    const subnet = hand.own('subnet', a);
    const other = hand.own('subnet', b);
    const subnetIds = [subnet, other].filter((one) => one?.vpcId === subnet?.vpcId).map((one) => one?.id ?? 'subnet-0');
    return callOf(createResourceGateway, {
      name: `gateway-${c % 6}`,
      vpcIdentifier: subnet?.vpcId ?? hand.id('vpc', a),
      subnetIds: [...new Set(subnetIds)],
      ...(c % 2 === 0 ? {} : { securityGroupIds: [hand.id('securityGroup', b)] }),
    });
  },
  (hand, a, b) =>
    callOf(updateResourceGateway, {
      resourceGatewayIdentifier: hand.identifier('resourceGateway', a),
      securityGroupIds: b % 2 === 0 ? [] : [hand.id('securityGroup', b)],
    }),
  (hand, a) => callOf(deleteResourceGateway, { resourceGatewayIdentifier: hand.identifier('resourceGateway', a) }),
  (hand, a, b, c) =>
    callOf(createResourceConfiguration, {
      name: `group-${a % 5}`,
      type: 'GROUP',
      resourceGatewayIdentifier: hand.identifier('resourceGateway', b),
      ...(c % 3 === 0
        ? { groupDomain: 'example0.com', domainVerificationIdentifier: hand.identifier('domainVerification', c) }
        : {}),
    }),
  (hand, a, b, c) =>
    callOf(createResourceConfiguration, {
      name: `single-${a % 5}`,
      type: 'SINGLE',
      resourceGatewayIdentifier: hand.identifier('resourceGateway', b),
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.9' } },
      portRanges: ['80', '443-444'],
      ...(c % 2 === 0 ? {} : { customDomainName: `db-${c % 3}.example0.com` }),
    }),
  (hand, a, b, c) =>
    callOf(createResourceConfiguration, {
      name: `child-${a % 5}`,
      type: 'CHILD',
      resourceConfigurationGroupIdentifier: hand.identifier('resourceConfiguration', b),
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.9' } },
      portRanges: ['80'],
      ...(c % 2 === 0 ? {} : { customDomainName: `db-${c % 3}.example0.com` }),
    }),
  (hand, a, b) =>
    callOf(updateResourceConfiguration, {
      resourceConfigurationIdentifier: hand.identifier('resourceConfiguration', a),
      portRanges: [`${b + 1}`],
    }),
  (hand, a) =>
    callOf(deleteResourceConfiguration, {
      resourceConfigurationIdentifier: hand.identifier('resourceConfiguration', a),
    }),
  (hand, a, b) =>
    callOf(createResourceAssociation, {
      resourceConfigurationIdentifier: hand.identifier('resourceConfiguration', a),
      serviceNetworkIdentifier: hand.identifier('serviceNetwork', b),
    }),
  (hand, a) =>
    callOf(deleteResourceAssociation, { resourceAssociationIdentifier: hand.identifier('resourceAssociation', a) }),
  (hand, a, b) =>
    callOf(placeEndpoint, {
      configuration: hand.identifier('resourceConfiguration', a),
      network: b % 4 === 0 ? hand.identifier('serviceNetwork', b) : 'sn-0',
    }),
  (hand, a) =>
    callOf(deleteResourceEndpointAssociation, {
      resourceEndpointAssociationIdentifier: hand.identifier('resourceEndpointAssociation', a),
    }),
  (hand, a, b) => {
    const verification = hand.own('domainVerification', a);
    return callOf(settleVerifications, {
      found: verification === undefined ? [] : [{ verification, seen: b % 2 === 0 }],
    });
  },
  (_, a) => callOf(startDomainVerification, { domainName: `example${a % 4}.com` }),
  (hand, a) =>
    callOf(deleteDomainVerification, { domainVerificationIdentifier: hand.identifier('domainVerification', a) }),
];
