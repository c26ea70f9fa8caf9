// What a resource configuration stands for: names, addresses, AWS resources and ranges, judged beside its type and gateway.

import { cidrContains, cidrOverlaps, parseAddress, parseCidr, type Cidr } from '../../base/cidr.ts';
import { isDomainName } from '../domain-name.ts';
import { entryOf, type Draft } from '../draft.ts';
import { parseArn } from '../identifiers.ts';
import type { Vpc } from '../records/ec2.ts';
import type { ResourceDefinition, ResourceGateway } from '../records/resource.ts';
import type { InvalidField } from '../refusal.ts';
import { typeRules } from './requirements.ts';

/** A definition as a call gives it: exactly one member. */
export interface DefinitionInput {
  readonly dnsResource?: { readonly domainName?: string; readonly ipAddressType?: 'IPV4' | 'IPV6' | 'DUALSTACK' };
  readonly ipResource?: { readonly ipAddress?: string };
  readonly arnResource?: { readonly arn?: string };
  readonly cidrResource?: { readonly cidrRanges?: readonly string[] };
}

/** Where the resource is: the gateway and its VPC, as far as they are known. */
export interface ResourcePlace {
  readonly type: string | undefined;
  readonly gateway: ResourceGateway | undefined;
  readonly vpc: Vpc | undefined;
}

/** The members of the union, by the kind of definition. */
const memberOf = { dns: 'dnsResource', ip: 'ipResource', arn: 'arnResource', cidr: 'cidrResource' } as const;

const ranges = (...texts: readonly string[]): readonly Cidr[] => texts.flatMap((text) => parseCidr(text) ?? []);

/** Addresses that a resource may have beside those of the VPC (User Guide: Resource configurations). */
const privateRanges = ranges('10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16');

/** On loopback a VPC's own addresses are found below 127/8, and what a test starts beside it is there as well. */
const loopbackRanges = ranges('127.0.0.0/8');

/** Ranges that no CIDR resource may touch (API Reference: CidrResource). */
const reservedRanges = ranges('169.254.0.0/16', '100.64.0.0/10', '224.0.0.0/4', 'fe80::/10', 'ff00::/8');

/** Notes what is wrong with a part of the definition; a definition that cannot be is undefined. */
type Note = (part: string, message: string) => undefined;

/** The definition that `input` gives (absent when it gives none that could be stored), and everything that is wrong with it. */
export function judgeDefinition(
  input: Draft<DefinitionInput>,
  place: ResourcePlace,
): { readonly definition: ResourceDefinition | undefined; readonly wrong: readonly InvalidField[] } {
  const wrong: InvalidField[] = [];
  const definition = read(input, (part, message) => {
    wrong.push({ name: `resourceConfigurationDefinition.${part}`, message });
    return undefined;
  });
  if (definition === undefined) return { definition, wrong };
  const allowed = entryOf(typeRules, place.type)?.definitions ?? [];
  if (allowed.length > 0 && !allowed.includes(definition.kind))
    wrong.push({
      name: 'resourceConfigurationDefinition',
      message: `resource configurations of type ${place.type} are defined by ${allowed.map((kind) => memberOf[kind]).join(' or ')}`,
    });
  wrong.push(...misplaced(definition, place));
  return { definition, wrong };
}

function read(input: Draft<DefinitionInput>, note: Note): ResourceDefinition | undefined {
  const { dnsResource, ipResource, arnResource, cidrResource } = input;
  if (dnsResource !== undefined) return readName(dnsResource, note);
  if (ipResource !== undefined) {
    const { ipAddress } = ipResource;
    if (ipAddress !== undefined && parseAddress(ipAddress) !== undefined) return { kind: 'ip', ipAddress };
    return note('ipResource.ipAddress', `${ipAddress ?? 'nothing'} is not an IP address`);
  }
  if (arnResource !== undefined) return readArn(arnResource.arn, note);
  if (cidrResource !== undefined) {
    const { cidrRanges = [] } = cidrResource;
    if (cidrRanges.length === 0) return note('cidrResource.cidrRanges', 'give at least one range');
    noteRanges(cidrRanges, note);
    return { kind: 'cidr', cidrRanges };
  }
  return undefined;
}

function readName(
  { domainName, ipAddressType = 'IPV4' }: NonNullable<Draft<DefinitionInput>['dnsResource']>,
  note: Note,
): ResourceDefinition | undefined {
  if (ipAddressType === 'DUALSTACK') note('dnsResource.ipAddressType', 'DUALSTACK is not supported: IPV4 or IPV6');
  if (domainName === undefined || !isDomainName(domainName))
    return note('dnsResource.domainName', `${domainName ?? 'nothing'} is not a domain name`);
  return ipAddressType === 'IPV4' || ipAddressType === 'IPV6' ? { kind: 'dns', domainName, ipAddressType } : undefined;
}

function readArn(arn: string | undefined, note: Note): ResourceDefinition | undefined {
  const parsed = parseArn(arn ?? '');
  if (arn !== undefined && parsed?.service === 'rds' && /^(db|cluster):./.test(parsed.resource))
    return { kind: 'arn', arn };
  return note('arnResource.arn', `${arn ?? 'nothing'} is not the ARN of a database instance or cluster of RDS`);
}

function noteRanges(texts: readonly string[], note: Note): void {
  for (const text of texts) {
    const cidr = parseCidr(text);
    if (cidr === undefined) note('cidrResource.cidrRanges', `${text} is not a range, or has bits set below its prefix`);
    else if (cidr.prefix === 0) {
      if (texts.length > 1) note('cidrResource.cidrRanges', `${text} can only be the sole range`);
    } else if (reservedRanges.some((reserved) => cidrOverlaps(reserved, cidr)))
      note('cidrResource.cidrRanges', `${text} has reserved addresses`);
  }
}

/** What does not fit the gateway. */
function misplaced(definition: ResourceDefinition, { gateway, vpc }: ResourcePlace): InvalidField[] {
  if (gateway === undefined || vpc === undefined) return [];
  const has = (family: 4 | 6): boolean =>
    gateway.ipAddressType === 'DUALSTACK' || gateway.ipAddressType === `IPV${family}`;
  const wrong = (name: string, message: string): InvalidField[] => [{ name, message }];
  const gatewayName = `the resource gateway ${gateway.id}`;
  switch (definition.kind) {
    case 'dns':
      return has(definition.ipAddressType === 'IPV4' ? 4 : 6)
        ? []
        : wrong(
            'resourceConfigurationDefinition.dnsResource.ipAddressType',
            `${gatewayName} is of address type ${gateway.ipAddressType}`,
          );
    case 'ip': {
      const name = 'resourceConfigurationDefinition.ipResource.ipAddress';
      const { ipAddress } = definition;
      const own = vpc.cidrs.flatMap((text) => parseCidr(text) ?? []);
      const reachable = [...own, ...privateRanges, ...(vpc.attachment.kind === 'loopback' ? loopbackRanges : [])];
      return [
        ...(reachable.some((range) => cidrContains(range, ipAddress))
          ? []
          : wrong(name, `${ipAddress} is neither an address of the VPC ${vpc.id} nor a private one`)),
        ...(has(parseAddress(ipAddress)?.family ?? 4)
          ? []
          : wrong(name, `${gatewayName} is of address type ${gateway.ipAddressType}`)),
      ];
    }
    case 'arn':
      return gateway.dnsResolution === 'PUBLIC'
        ? []
        : wrong('resourceGatewayIdentifier', `${gatewayName} resolves names IN_VPC, which excludes ARN resources`);
    case 'cidr':
      return gateway.dnsResolution === 'IN_VPC'
        ? []
        : wrong('resourceGatewayIdentifier', `CIDR resources need a gateway that resolves names IN_VPC`);
  }
}
