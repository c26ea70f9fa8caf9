// Reads one security group of a VPC of pergola.yaml.

import { parseCidr } from '../../base/cidr.ts';
import type { ConfiguredVpc } from '../../domain/ec2/index.ts';
import { unknownName, type Place, type YamlReader } from './yaml-reader.ts';

type SecurityGroup = ConfiguredVpc['securityGroups'][number];
type Rule = SecurityGroup['ingress'][number];

/** EC2 gives a new group this rule, and no inbound one (EC2 User Guide: Default security groups). */
const allowAll: Rule = { protocol: '-1', fromPort: -1, toPort: -1, cidrs: ['0.0.0.0/0', '::/0'], groups: [] };

/** Undefined when it has no name; `groups` are the names of all groups of the VPC. */
export function readSecurityGroup(
  reader: YamlReader,
  place: Place,
  groups: readonly string[],
): SecurityGroup | undefined {
  const fields = reader.fields(place, ['name', 'description', 'ingress', 'egress']);
  const name = fields && reader.text(reader.need(place, fields, 'name'));
  if (fields === undefined || name === undefined) return undefined;
  const rules = (key: 'ingress' | 'egress'): Rule[] =>
    reader.list(fields.get(key)).flatMap((one) => readRule(reader, one, groups) ?? []);
  const description = readDescription(reader, fields.get('description'));
  return {
    name,
    ...description,
    ingress: rules('ingress'),
    egress: fields.has('egress') ? rules('egress') : [allowAll],
  };
}

/** What EC2 admits (EC2 API: CreateSecurityGroup). */
function readDescription(reader: YamlReader, place: Place | undefined): { readonly description?: string } {
  const rule = 'a description: at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*';
  const description = reader.matching(place, /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/, rule);
  return description === undefined ? {} : { description };
}

/** The names of the groups in a list of names; unknown ones are refused. */
export function readGroupNames(reader: YamlReader, place: Place | undefined, groups: readonly string[]): string[] {
  return reader.list(place).flatMap((one) => {
    const name = reader.text(one);
    if (name !== undefined && !groups.includes(name))
      reader.refuse(one, `the VPC has no such security group: ${unknownName('name', name, groups)}`);
    return name ?? [];
  });
}

function readRule(reader: YamlReader, place: Place, groups: readonly string[]): Rule | undefined {
  const fields = reader.fields(place, [
    ...['protocol', 'port', 'fromPort', 'toPort', 'cidrs', 'groups', 'prefixLists', 'description'],
  ]);
  if (fields === undefined) return undefined;
  const protocol = fields.has('protocol')
    ? reader.oneOf(fields.get('protocol'), ['tcp', 'udp', 'icmp', '-1'] as const)
    : '-1';
  const port = reader.integer(fields.get('port'), 0, 65535);
  const hasPorts = fields.has('port') || fields.has('fromPort') || fields.has('toPort');
  if (hasPorts && (protocol === 'icmp' || protocol === '-1'))
    reader.refuse(place, `a rule with ports is for tcp or udp, not ${protocol}: give protocol`);
  if (fields.has('port') && (fields.has('fromPort') || fields.has('toPort')))
    reader.refuse(place, 'give port, or fromPort and toPort');
  if (fields.has('fromPort') !== fields.has('toPort')) reader.refuse(place, 'give both fromPort and toPort');
  const fromPort = port ?? reader.integer(fields.get('fromPort'), 0, 65535) ?? -1;
  const toPort = port ?? reader.integer(fields.get('toPort'), 0, 65535) ?? -1;
  if (toPort < fromPort) reader.refuse(place, `fromPort ${fromPort} is above toPort ${toPort}`);
  const cidrs = reader.list(fields.get('cidrs')).flatMap((one) => {
    const cidr = reader.text(one);
    if (cidr !== undefined && parseCidr(cidr) === undefined)
      reader.refuse(one, `${cidr} is not a CIDR like 10.0.0.0/16, with no bits set after its prefix`);
    return cidr ?? [];
  });
  const names = readGroupNames(reader, fields.get('groups'), groups);
  // Whether there is such a list is known only when the server runs: customers make lists of their own.
  const prefixLists = reader.list(fields.get('prefixLists')).flatMap((one) => {
    const list = reader.text(one);
    if (list !== undefined && !/^(pl-[0-9a-f]{8,17}|com\.amazonaws\.[a-z0-9.-]+)$/.test(list))
      reader.refuse(one, `${list} is neither a list's id (pl-…) nor one of AWS (com.amazonaws.REGION.vpc-lattice)`);
    return list ?? [];
  });
  if (cidrs.length + names.length + prefixLists.length === 0)
    reader.refuse(place, 'a rule needs cidrs, groups or prefixLists');
  return (
    protocol && {
      ...{ protocol, fromPort, toPort, cidrs, groups: names },
      ...(prefixLists.length === 0 ? {} : { prefixLists }),
      ...readDescription(reader, fields.get('description')),
    }
  );
}
