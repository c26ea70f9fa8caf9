// Random calls of VPC endpoints.

import { createVpcEndpoint, deleteVpcEndpoints, modifyVpcEndpoint } from '../../src/domain/vpc-endpoint/index.ts';
import { callOf, type Word } from './hand.ts';

/** The words. */
export const endpointWords: readonly Word[] = [
  (hand, a, b, c) => {
    const subnet = hand.own('subnet', a);
    return callOf(createVpcEndpoint, {
      vpcId: subnet?.vpcId ?? hand.id('vpc', a),
      serviceNetworkArn: hand.own('serviceNetwork', b)?.arn ?? hand.arn(b),
      ...(c % 5 === 0 ? {} : { subnetIds: [subnet?.id ?? hand.id('subnet', a)] }),
      ...(c % 3 === 0 ? { securityGroupIds: [hand.id('securityGroup', c)] } : {}),
      ...(c % 7 === 0 ? { privateDnsEnabled: true } : {}),
    });
  },
  (hand, a, b) => {
    const endpoint = hand.own('vpcEndpoint', a);
    return callOf(modifyVpcEndpoint, {
      vpcEndpointId: endpoint?.id ?? hand.id('vpcEndpoint', a),
      addSecurityGroupIds: [hand.id('securityGroup', b)],
      removeSecurityGroupIds: b % 2 === 0 ? (endpoint?.securityGroupIds.slice(0, 1) ?? []) : [],
    });
  },
  (hand, a) => callOf(deleteVpcEndpoints, { ids: [hand.id('vpcEndpoint', a)] }),
];
