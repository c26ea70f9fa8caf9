// One record of the snapshot from the records of the state: each function looks only at what its record depends on.

import { isCarried, recordsBy, type RecordTypes, type State } from '../domain/index.ts';
import { accessLogsOf } from '../domain/access-log/index.ts';
import { addressesOfPrefix, findLoadBalancer, findPrefixListRanges } from '../domain/ec2/index.ts';
import { profileOf } from '../domain/instance/index.ts';
import {
  keyOf,
  keyOfRecord,
  type Instance,
  type Key,
  type NetworkInterface,
  type Rule,
  type RuleMatch,
  type SecurityGroup,
  type SecurityGroupRule,
  type Service,
  type ServiceNetwork,
  type Target,
  type TargetGroup,
} from '../domain/records/index.ts';
import type {
  ActionRecord,
  DoorRecord,
  HealthCheckRecord,
  NetworkComponent,
  NetworkRecord,
  RuleRecord,
  SecurityGroupRecord,
  SecurityRule,
  ServiceRecord,
  TargetGroupRecord,
  TargetRecord,
  VpcRecord,
} from '../snapshot/index.ts';

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** A VPC with its subnets, security groups and instances. */
export function compileVpc(state: State, key: Key, revision: number): VpcRecord | undefined {
  const vpc = state.tables.vpc.get(key);
  if (vpc === undefined) return undefined;
  const name = vpc.name ?? vpc.tags['Name'];
  const reserved = recordsBy(state, 'networkInterface', 'interfacesByVpc', key).flatMap(reservedBy).sort();
  return {
    id: vpc.id,
    revision,
    account: vpc.account,
    region: vpc.region,
    arn: vpc.arn,
    ...(name === undefined ? {} : { name }),
    cidrs: vpc.cidrs,
    attachment: vpc.attachment,
    dns: { support: vpc.enableDnsSupport ?? true, hostnames: vpc.enableDnsHostnames ?? false },
    subnets: recordsBy(state, 'subnet', 'subnetsByVpc', key)
      .sort(byId)
      .map(({ id, cidr, zone }) => ({ id, cidr, zone })),
    securityGroups: recordsBy(state, 'securityGroup', 'securityGroupsByVpc', key)
      .sort(byId)
      .map((group) => compileSecurityGroup(state, group)),
    // Who runs as a stand-in is known to the agent, which made it.
    instances: recordsBy(state, 'instance', 'instancesByVpc', key)
      .filter(({ origin }) => origin !== 'workload')
      .sort(byId)
      .map(compileInstance),
    ...(reserved.length === 0 ? {} : { reserved }),
  };
}

/** The first address of the first interface of an instance is the instance's. */
function reservedBy({ attachment, addresses, ipv4Prefixes }: NetworkInterface): readonly string[] {
  const isOfInstance = attachment?.instanceId !== undefined && attachment.deviceIndex === 0;
  return [...addresses.slice(isOfInstance ? 1 : 0), ...ipv4Prefixes.flatMap(addressesOfPrefix)];
}

function compileSecurityGroup(state: State, group: SecurityGroup): SecurityGroupRecord {
  const rules = recordsBy(state, 'securityGroupRule', 'rulesByGroup', keyOfRecord(group)).sort(byId);
  const compile = (egress: boolean): SecurityRule[] =>
    rules.filter(({ isEgress }) => isEgress === egress).map((rule) => compileSecurityRule(state, rule));
  return { id: group.id, name: group.name, ingress: compile(false), egress: compile(true) };
}

/** A prefix list is written out: data planes know ranges alone. */
function compileSecurityRule(state: State, rule: SecurityGroupRule): SecurityRule {
  const { id, protocol, fromPort, toPort, peer } = rule;
  const what = { id, protocol, fromPort, toPort };
  if (peer.kind === 'cidr') return { ...what, cidrs: [peer.cidr], groups: [] };
  if (peer.kind === 'group') return { ...what, cidrs: [], groups: [peer.groupId] };
  const prefixList = peer.prefixListId;
  return { ...what, cidrs: findPrefixListRanges(state, rule, prefixList), groups: [], prefixList };
}

function compileInstance(instance: Instance): VpcRecord['instances'][number] {
  const profile = profileOf(instance);
  const { id, name, address, securityGroupIds, command, directory, environment, role, namespace, machine } = instance;
  return {
    id,
    name,
    address,
    securityGroups: securityGroupIds,
    ...(command === undefined ? {} : { command }),
    ...(directory === undefined ? {} : { directory }),
    ...(environment === undefined ? {} : { environment }),
    ...(role === undefined ? {} : { role }),
    ...(profile === undefined ? {} : { profile }),
    ...(machine?.state === 'stopped' ? { stopped: true as const } : {}),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** A service network and its components, by pool place. A component whose association failed or is being deleted is not carried. */
export function compileNetwork(state: State, key: Key, revision: number): NetworkRecord | undefined {
  const network = state.tables.serviceNetwork.get(key);
  if (network === undefined) return undefined;
  const places = new Map(
    recordsBy(state, 'componentAddress', 'addressesByNetwork', key).map((one) => [one.componentId, one.index]),
  );
  const components = recordsBy(state, 'serviceAssociation', 'serviceAssociationsByNetwork', key)
    .filter(isCarried)
    .flatMap((association): NetworkComponent[] => {
      const index = places.get(association.serviceId);
      return index === undefined
        ? []
        : [{ kind: 'service', id: association.serviceId, associationId: association.id, index }];
    })
    .sort((a, b) => a.index - b.index || byId(a, b));
  const accessLogs = compileAccessLogs(state, key);
  return { id: network.id, revision, arn: network.arn, ...requiredAuth(state, network), accessLogs, components };
}

/** The subscriptions that get records of requests: what they are of a resource's connections is for later. */
function compileAccessLogs(state: State, owner: Key): readonly string[] {
  return accessLogsOf(state, owner)
    .filter(({ serviceNetworkLogType }) => serviceNetworkLogType !== 'RESOURCE')
    .map(({ id }) => id)
    .sort();
}

/** The auth type, and what is asked under it: a policy that is stored and not in force stays at home. */
function requiredAuth(
  state: State,
  owner: ServiceNetwork | Service,
): { readonly authType?: 'AWS_IAM'; readonly policy?: string } {
  const { authType } = owner;
  if (authType !== 'AWS_IAM') return {};
  const policy = state.tables.authPolicy.get(keyOfRecord(owner));
  return { authType, ...(policy === undefined ? {} : { policy: policy.document }) };
}

/** The door that a VPC association or a VPC endpoint opens. */
export function compileDoor(state: State, key: Key, revision: number): DoorRecord | undefined {
  const endpoint = state.tables.vpcEndpoint.get(key);
  const way = state.tables.vpcAssociation.get(key) ?? endpoint;
  if (way === undefined || !isCarried(way)) return undefined;
  return {
    id: way.id,
    revision,
    vpcId: way.vpcId,
    serviceNetworkId: way.serviceNetworkId,
    securityGroups: way.securityGroupIds,
    ...(endpoint === undefined ? {} : { blocks: endpoint.interfaces.map(({ block }) => block) }),
  };
}

/** A service with listeners and rules; undefined while no service network carries it. */
export function compileService(state: State, key: Key, revision: number): ServiceRecord | undefined {
  const service = state.tables.service.get(key);
  if (
    service === undefined ||
    !recordsBy(state, 'serviceAssociation', 'serviceAssociationsByService', key).some(isCarried)
  )
    return undefined;
  const listeners = recordsBy(state, 'listener', 'listenersByService', key)
    .sort((a, b) => a.port - b.port)
    .map((listener) => {
      const rules = recordsBy(state, 'rule', 'rulesByListener', keyOf(listener.account, listener.region, listener.id));
      rules.sort((a, b) => (a.priority ?? Infinity) - (b.priority ?? Infinity));
      return {
        id: listener.id,
        arn: listener.arn,
        protocol: listener.protocol,
        port: listener.port,
        rules: rules.map(compileRule),
      };
    });
  const custom = service.customDomainName?.toLowerCase().replace(/\.$/, '');
  return {
    id: service.id,
    revision,
    arn: service.arn,
    name: service.name,
    account: service.account,
    ...requiredAuth(state, service),
    ...(Object.keys(service.tags).length === 0 ? {} : { tags: service.tags }),
    domainNames: custom === undefined ? [service.dnsName] : [service.dnsName, custom],
    idleTimeoutSeconds: service.idleTimeoutSeconds,
    accessLogs: compileAccessLogs(state, key),
    listeners,
  };
}

function compileRule(rule: Rule): RuleRecord {
  return { id: rule.id, match: compileMatch(rule.match), filters: [], action: compileAction(rule.action) };
}

function compileMatch(match: RuleMatch): RuleRecord['match'] {
  return {
    ...(match.method === undefined ? {} : { method: match.method }),
    ...(match.path === undefined ? {} : { path: match.path }),
    ...(match.headers.length === 0
      ? {}
      : { headers: match.headers.map((header) => ({ ...header, name: header.name.toLowerCase() })) }),
  };
}

function compileAction(action: Rule['action']): ActionRecord {
  if (action.kind === 'fixedResponse') return { kind: 'fixed', status: action.statusCode };
  return {
    kind: 'forward',
    targetGroups: action.targetGroups.map(({ targetGroupId, weight }) => ({ id: targetGroupId, weight })),
  };
}

/** A target group that a rule forwards to; undefined for one that no service uses. */
export function compileTargetGroup(state: State, key: Key, revision: number): TargetGroupRecord | undefined {
  const group = state.tables.targetGroup.get(key);
  if (group === undefined || (state.indexes.rulesByTargetGroup.get(key)?.size ?? 0) === 0) return undefined;
  const instances =
    group.type === 'INSTANCE' && group.vpcId !== undefined
      ? instanceAddresses(state, keyOf(group.account, group.region, group.vpcId))
      : new Map<string, string>();
  return {
    id: group.id,
    revision,
    arn: group.arn,
    name: group.name,
    type: group.type,
    ...(group.vpcId === undefined ? {} : { vpcId: group.vpcId }),
    protocol: group.protocol ?? 'HTTP',
    protocolVersion: group.protocolVersion ?? 'HTTP1',
    ...(group.type === 'LAMBDA' ? { functionEvent: group.lambdaEventStructureVersion ?? 'V1' } : {}),
    healthCheck: compileHealthCheck(group),
    upstreamTls: { verify: false },
    retry: { staleConnection: true },
    targets: recordsBy(state, 'target', 'targetsByTargetGroup', key)
      .sort(byId)
      .map((target) => compileTarget(state, group, target, instances)),
  };
}

function instanceAddresses(state: State, vpcKey: Key): ReadonlyMap<string, string> {
  return new Map(
    recordsBy(state, 'instance', 'instancesByVpc', vpcKey).flatMap(({ id, address, machine }) =>
      machine?.state === 'stopped' ? [] : [[id, address] as const],
    ),
  );
}

/** The settings with AWS's defaults filled in (User Guide: Health checks). A group without a check (LAMBDA, ALB) has it off. */
function compileHealthCheck({ healthCheck }: TargetGroup): HealthCheckRecord {
  return {
    enabled: healthCheck?.enabled ?? false,
    protocol: healthCheck?.protocol ?? 'HTTP',
    protocolVersion: healthCheck?.protocolVersion ?? 'HTTP1',
    ...(healthCheck?.port === undefined ? {} : { port: healthCheck.port }),
    path: healthCheck?.path ?? '/',
    intervalSeconds: healthCheck?.intervalSeconds ?? 30,
    timeoutSeconds: healthCheck?.timeoutSeconds ?? 5,
    healthyThreshold: healthCheck?.healthyThreshold ?? 5,
    unhealthyThreshold: healthCheck?.unhealthyThreshold ?? 2,
    matcher: healthCheck?.matcher ?? '200',
  };
}

function compileTarget(
  state: State,
  group: TargetGroup,
  target: Target,
  instances: ReadonlyMap<string, string>,
): TargetRecord {
  const { targetId: id } = target;
  const address = group.type === 'IP' ? id : instances.get(id);
  const dnsName = group.type === 'ALB' ? loadBalancerName(state, id) : undefined;
  return {
    id,
    port: target.port ?? group.port ?? 80,
    ...(address === undefined ? {} : { address }),
    ...(dnsName === undefined ? {} : { dnsName }),
    draining: target.drainingSince !== undefined,
  };
}

/** A target of type ALB is an ARN that the configuration knows, or a name itself. */
function loadBalancerName(state: State, id: string): string | undefined {
  return id.startsWith('arn:') ? findLoadBalancer(state, id)?.dnsName : id.toLowerCase();
}

/** A record of any kind. */
export type AnyRecord = RecordTypes[keyof RecordTypes];
