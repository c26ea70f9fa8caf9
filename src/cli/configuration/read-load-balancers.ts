// Reads `loadBalancers:` of pergola.yaml: which name an ARN of a target stands for.

import type { ConfiguredLoadBalancer } from '../../domain/ec2/index.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** Names of DNS; an IPv4 address has the same form and is taken too. */
const namePattern = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/i;

/** Entries that are wrong are left out, which the reader then knows. */
export function readLoadBalancers(reader: YamlReader, place: Place | undefined): ConfiguredLoadBalancer[] {
  const places = reader.list(place);
  const found = places.flatMap((one) => {
    const fields = reader.fields(one, ['arn', 'dnsName']);
    if (fields === undefined) return [];
    const arn = reader.matching(
      reader.need(one, fields, 'arn'),
      /^arn:aws(-[a-z-]+)?:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[^/\s]+\/[^/\s]+$/,
      'the ARN of an ALB: arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID',
    );
    const dnsName = reader.matching(
      reader.need(one, fields, 'dnsName'),
      namePattern,
      'the name of the load balancer, or its IPv4 address',
    );
    return arn === undefined || dnsName === undefined ? [] : [{ arn, dnsName: dnsName.toLowerCase() }];
  });
  reader.refuseRepeated(places, 'arn');
  return found;
}
