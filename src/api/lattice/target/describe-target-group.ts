// A target group in the wire's shape.

import type { TargetGroup } from '../../../domain/records/index.ts';
import { describeTimes } from '../time.ts';
import { describeHealthCheck } from './health-check.ts';

/** A target group; each call's schema takes the members that it has. */
export function describeTargetGroup(group: TargetGroup) {
  const { id, arn, name, type, status, failureCode, failureMessage, healthCheck } = group;
  const config = {
    port: group.port,
    protocol: group.protocol,
    protocolVersion: group.protocolVersion,
    ipAddressType: group.ipAddressType,
    vpcIdentifier: group.vpcId,
    healthCheck: healthCheck === undefined ? undefined : describeHealthCheck(healthCheck),
    lambdaEventStructureVersion: group.lambdaEventStructureVersion,
  };
  return {
    id,
    arn,
    name,
    type,
    status,
    failureCode,
    failureMessage,
    // A LAMBDA group that was made without a configuration shows none (AWS CLI: create-target-group).
    config: Object.values(config).some((value) => value !== undefined) ? config : undefined,
    ...describeTimes(group),
  };
}
