// The settings of a health check, from the wire's shape and back.

import type { Draft } from '../../../domain/index.ts';
import type { HealthCheckConfig } from '@aws-sdk/client-vpc-lattice';
import type { HealthCheck } from '../../../domain/records/index.ts';
import type { HealthCheckInput } from '../../../domain/target/index.ts';
import type { Valid, Wire } from '../../operation.ts';

/** The settings as the domain names them; absent ones stay absent. */
export function readHealthCheck(config: Valid<HealthCheckConfig>): HealthCheckInput;
export function readHealthCheck(config: Draft<Valid<HealthCheckConfig>> | undefined): Draft<HealthCheckInput> {
  const {
    healthCheckIntervalSeconds: intervalSeconds,
    healthCheckTimeoutSeconds: timeoutSeconds,
    healthyThresholdCount: healthyThreshold,
    unhealthyThresholdCount: unhealthyThreshold,
    matcher,
    ...same
  } = config ?? {};
  return {
    ...same,
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(healthyThreshold === undefined ? {} : { healthyThreshold }),
    ...(unhealthyThreshold === undefined ? {} : { unhealthyThreshold }),
    ...(matcher?.httpCode === undefined ? {} : { matcher: matcher.httpCode }),
  };
}

/** The settings as GetTargetGroup shows them. */
export function describeHealthCheck(check: HealthCheck): Wire<HealthCheckConfig> {
  const { enabled, protocol, protocolVersion, port, path } = check;
  return {
    enabled,
    protocol,
    protocolVersion,
    port,
    path,
    healthCheckIntervalSeconds: check.intervalSeconds,
    healthCheckTimeoutSeconds: check.timeoutSeconds,
    healthyThresholdCount: check.healthyThreshold,
    unhealthyThresholdCount: check.unhealthyThreshold,
    matcher: check.matcher === undefined ? undefined : { httpCode: check.matcher },
  };
}
