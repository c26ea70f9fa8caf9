// Makes the data directory of a format version that test/store/formats.test.ts opens ever after: `node tools/make-store-format.ts`; with a checkout of an older commit as argument, of its format.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type * as Domain from '../src/domain/index.ts';
import type * as DomainAccessLog from '../src/domain/access-log/index.ts';
import type * as DomainAssociation from '../src/domain/association/index.ts';
import type * as DomainDomainVerification from '../src/domain/domain-verification/index.ts';
import type * as DomainEc2 from '../src/domain/ec2/index.ts';
import type * as DomainIam from '../src/domain/iam/index.ts';
import type * as DomainHostedZone from '../src/domain/hosted-zone/index.ts';
import type * as DomainListener from '../src/domain/listener/index.ts';
import type * as DomainNetwork from '../src/domain/network/index.ts';
import type * as DomainPolicy from '../src/domain/policy/index.ts';
import type * as DomainPrefixList from '../src/domain/prefix-list/index.ts';
import type * as DomainRecordSet from '../src/domain/record-set/index.ts';
import type * as DomainResourceConfiguration from '../src/domain/resource-configuration/index.ts';
import type * as DomainResourceGateway from '../src/domain/resource-gateway/index.ts';
import type * as DomainRule from '../src/domain/rule/index.ts';
import type * as DomainService from '../src/domain/service/index.ts';
import type * as DomainState from '../src/domain/state.ts';
import type * as DomainTarget from '../src/domain/target/index.ts';
import type * as DomainUpkeep from '../src/domain/upkeep/index.ts';
import type * as DomainVpcEndpoint from '../src/domain/vpc-endpoint/index.ts';
import type * as Store from '../src/store/index.ts';
import type * as StoreLogRow from '../src/store/log-row.ts';
import type * as StoreMigrations from '../src/store/migrations.ts';

const root = join(import.meta.dirname, '..');
const checkout = resolve(process.argv[2] ?? root);
const from = <T>(path: string): Promise<T> => import(join(checkout, 'src', path)) as Promise<T>;
/** As `from`, for what an older commit may not have. */
const maybe = <T>(path: string): Promise<T | undefined> => from<T>(path).catch(() => undefined);

const { openStore } = await from<typeof Store>('store/index.ts');
const { migrations } = await from<typeof StoreMigrations>('store/migrations.ts');
const { LOG_FORMAT } = await from<typeof StoreLogRow>('store/log-row.ts');
const domain = await from<typeof Domain>('domain/index.ts');
const { put } = await from<typeof DomainState>('domain/state.ts');
const accessLogs = await from<typeof DomainAccessLog>('domain/access-log/index.ts');
const associations = await from<typeof DomainAssociation>('domain/association/index.ts');
const ec2 = await from<typeof DomainEc2>('domain/ec2/index.ts');
const iam = await from<typeof DomainIam>('domain/iam/index.ts');
const listeners = await from<typeof DomainListener>('domain/listener/index.ts');
const networks = await from<typeof DomainNetwork>('domain/network/index.ts');
const services = await from<typeof DomainService>('domain/service/index.ts');
const targets = await from<typeof DomainTarget>('domain/target/index.ts');
const upkeep = await from<typeof DomainUpkeep>('domain/upkeep/index.ts');
const policies = await maybe<typeof DomainPolicy>('domain/policy/index.ts');
const verifications = await maybe<typeof DomainDomainVerification>('domain/domain-verification/index.ts');
const gateways = await maybe<typeof DomainResourceGateway>('domain/resource-gateway/index.ts');
const configurations = await maybe<typeof DomainResourceConfiguration>('domain/resource-configuration/index.ts');

const account = '123456789012';
const region = 'us-east-1';
let now = Date.UTC(2026, 0, 1);
let drawn = 0;
// The same at each run, and nothing that a search for secrets would take for one.
const random = {
  hex: (length: number): string => (++drawn).toString(16).padStart(length * 2, '0'),
  uuid: (): string => `00000000-0000-4000-a000-${(++drawn).toString(16).padStart(12, '0')}`,
  fraction: (): number => 0.5,
};

/** Seals in a way that is the same at each run: what is sealed here is no secret. */
const secrets = {
  seal: (secret: string, accessKeyId: string): string => `v0 ${accessKeyId} ${secret}`,
  open: (sealed: string): string => sealed.split(' ')[2] ?? '',
};
const scratch = mkdtempSync(join(tmpdir(), 'pergola-format-'));
const file = join(scratch, 'state.db');
// Everything older than a minute is folded into the records, so that there are folded ones and rows.
const retention = { age: 60_000, bytes: 0 };
const log = { debug() {}, info() {}, warn() {}, error() {} };
const store = await openStore({ file, retention }, { log: log as never });

async function run<I, R>(decision: Domain.Decision<I, R>, input: I, token?: string): Promise<R> {
  now += 1000;
  const principalArn = `arn:aws:iam::${account}:user/admin`;
  const context = { account, region, principalArn, operation: decision.name, now, random, quotas: 'none' as const };
  const idempotency = token === undefined ? undefined : { token, parameters: input };
  return (await store.commit(decision, input, context, idempotency)).result;
}

// Statuses moved on beside the associations once.
const { advanceAssociations } = associations as { advanceAssociations?: typeof upkeep.advanceStatuses };
const advance = advanceAssociations ?? upkeep.advanceStatuses;
const obey = (): Promise<number> => run(advance, { obeyedRevision: store.state.value.revision });

await run(iam.ensureAdminCredential, { secrets });
const principal = { arn: `arn:aws:iam::${account}:user/ann`, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
await run(iam.applyConfiguredPrincipals, {
  principals: [{ ...principal, policies: [] }],
  secrets,
});
const rule = { protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: ['10.0.0.0/8'], groups: ['web'] } as const;
const shop = {
  name: 'shop',
  account,
  region,
  cidrs: ['10.0.0.0/16'],
  attachment: { kind: 'loopback', n: 7 },
  subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
  securityGroups: [{ name: 'web', ingress: [rule], egress: [] }],
  instances: [{ name: 'web-1', address: '10.0.1.10', securityGroups: ['web'], command: ['node', 'web.mjs'] }],
} as const;
await run(ec2.applyConfiguredVpcs, { vpcs: [shop] });
const balancer = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shop/0123456789abcdef`;
await run(ec2.applyConfiguredLoadBalancers, { loadBalancers: [{ arn: balancer, dnsName: 'alb.internal' }] });
const vpc = await run(ec2.createVpc, {
  cidrBlock: '10.0.0.0/16',
  attachment: { kind: 'netns' },
  tags: { Name: 'pay' },
});
const subnet = await run(ec2.createSubnet, { vpcId: vpc.id, cidrBlock: '10.0.2.0/24' });
const network = await run(networks.createServiceNetwork, { name: 'main', authType: 'AWS_IAM', tags: { team: 'shop' } });
const first = { name: 'first', customDomainName: 'shop.example.com', tags: { größe: 'straße' } };
const service = await run(services.createService, first, 'token-1');
const group = await run(targets.createTargetGroup, {
  name: 'group',
  type: 'IP',
  config: { protocol: 'HTTP', vpcIdentifier: vpc.id, healthCheck: { enabled: true, path: '/health' } },
});
const targetGroupIdentifier = group.id;
await run(targets.registerTargets, {
  targetGroupIdentifier,
  targets: [{ id: '10.0.2.10' }, { id: '10.0.2.11', port: 81 }],
});
const forward = { kind: 'forward', targetGroups: [{ targetGroupIdentifier, weight: 3 }] } as const;
const rules = await from<typeof DomainRule>('domain/rule/index.ts');
const serviceIdentifier = service.id;
const { listener } = await run(listeners.createListener, {
  serviceIdentifier,
  name: 'http',
  protocol: 'HTTP',
  defaultAction: { kind: 'fixedResponse', statusCode: 404 },
});
const match = {
  method: 'GET',
  path: { kind: 'prefix', value: '/v1' },
  headers: [{ name: 'x', kind: 'exact', value: 'y' }],
} as const;
const place = { serviceIdentifier, listenerIdentifier: listener.id };
await run(rules.createRule, { ...place, name: 'v1', priority: 10, match, action: forward });
await run(targets.deregisterTargets, { targetGroupIdentifier, targets: [{ id: '10.0.2.11', port: 81 }] });
const destinationArn = 'arn:aws:s3:::logs';
await run(accessLogs.createAccessLogSubscription, { resourceIdentifier: network.id, destinationArn });
const serviceNetworkIdentifier = network.id;
await run(associations.createServiceAssociation, { serviceIdentifier, serviceNetworkIdentifier });
const vpcIdentifier = vpc.id;
await run(associations.createVpcAssociation, { serviceNetworkIdentifier, vpcIdentifier });
await obey();
const statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
if (policies !== undefined) {
  await run(policies.putAuthPolicy, { resourceIdentifier: network.id, policy });
  await run(policies.putResourcePolicy, { resourceArn: service.arn, policy });
}
if (verifications !== undefined) await run(verifications.startDomainVerification, { domainName: 'example.com' });
if (gateways !== undefined && configurations !== undefined) {
  const gateway = await run(gateways.createResourceGateway, { name: 'door', vpcIdentifier, subnetIds: [subnet.id] });
  const configuration = await run(configurations.createResourceConfiguration, {
    name: 'database',
    type: 'SINGLE',
    resourceGatewayIdentifier: gateway.id,
    resourceConfigurationDefinition: { dnsResource: { domainName: 'db.example.com', ipAddressType: 'IPV4' } },
    portRanges: ['5432'],
  });
  await run(associations.createResourceAssociation, {
    resourceConfigurationIdentifier: configuration.id,
    serviceNetworkIdentifier,
  });
  const endpoint = { account, region, createdAt: now, lastUpdatedAt: now, tags: {}, vpcEndpointOwner: account };
  const resource = `${account}/${region}/${configuration.id}` as never;
  const ends = { ...endpoint, id: 'rea-00000000000000001', arn: 'arn', createdBy: account, vpcEndpointId: 'vpce-1' };
  const atNetwork = { ...endpoint, id: 'vpce-2', vpcEndpointId: 'vpce-2', vpcId: vpc.id, state: 'available' };
  await run(function placeEndpoints() {
    const known = { ...ends, resourceConfigurationKey: resource, resourceConfigurationId: configuration.id };
    const serviceNetworkKey = `${account}/${region}/${network.id}` as never;
    return {
      changes: [
        put('resourceEndpointAssociation', known),
        put('networkEndpointAssociation', { ...atNetwork, serviceNetworkKey }),
      ],
      result: null,
    };
  }, null);
}
if (domain.recordKinds.includes('iamUser')) {
  const user = await run(iam.createUser, { name: 'eve', path: '/team/', tags: { team: 'shop' } });
  await run(iam.createAccessKey, { userName: user.name, secrets });
  const of = (id: string, name: string, arn: string) => ({
    ...{ account, region: 'global', id, arn: `arn:aws:iam::${account}:${arn}`, name, path: '/' },
    ...{ createdAt: now, lastUpdatedAt: now, tags: {} },
  });
  const role = of('AROAEXAMPLE', 'ci', 'role/ci');
  const managed = of('ANPAEXAMPLE', 'read', 'policy/read');
  const versions = [{ id: 'v1', document: policy, createdAt: now }];
  const provider = { ...of('id.example.com/a', '', 'oidc-provider/id.example.com/a'), url: 'id.example.com/a' };
  const { name: _name, path: _path, ...oidc } = { ...provider, clientIds: ['sts.amazonaws.com'], thumbprints: [] };
  await run(function placeIam() {
    const allowed = { inlinePolicies: { all: policy }, attachedPolicies: [managed.arn] };
    return {
      changes: [
        put('iamRole', { ...role, ...allowed, maxSessionDuration: 3600, trustPolicy: policy }),
        put('iamPolicy', { ...managed, versions, defaultVersionId: 'v1', nextVersion: 2 }),
        put('iamInstanceProfile', { ...of('AIPAEXAMPLE', 'ci', 'instance-profile/ci'), roleId: role.id }),
        put('oidcProvider', oidc),
      ],
      result: null,
    };
  }, null);
}
const places = await maybe<typeof DomainVpcEndpoint>('domain/vpc-endpoint/index.ts');
if (places !== undefined) {
  const lists = await from<typeof DomainPrefixList>('domain/prefix-list/index.ts');
  const zones = await from<typeof DomainHostedZone>('domain/hosted-zone/index.ts');
  const sets = await from<typeof DomainRecordSet>('domain/record-set/index.ts');
  const entries = [{ cidr: '10.0.0.0/8' }];
  await run(lists.createPrefixList, { name: 'offices', addressFamily: 'IPv4', maxEntries: 2, entries });
  const place = { vpcId: vpc.id, serviceNetworkArn: network.arn, subnetIds: [subnet.id] };
  await run(places.createVpcEndpoint, place);
  const { zone } = await run(zones.createHostedZone, {
    ...{ name: 'corp.example', callerReference: 'once', vpc: { account, region, vpcId: vpc.id } },
  });
  const alias = { zoneId: service.hostedZoneId, name: service.dnsName, evaluateTargetHealth: false };
  const changes = [{ action: 'CREATE', name: 'shop.corp.example', type: 'A', alias, otherRouting: [] }] as const;
  await run(sets.changeRecordSets, { zoneId: zone.id, changes });
  await obey();
}
// A pause: what was before it is folded. What follows stays in the log, a removal too, and something on its way.
now += 120_000;
const later = await run(services.createService, { name: 'later' }, 'token-2');
await run(associations.createServiceAssociation, { serviceIdentifier: later.id, serviceNetworkIdentifier });
await run(accessLogs.createAccessLogSubscription, { resourceIdentifier: later.id, destinationArn });
const gone = await run(networks.createServiceNetwork, { name: 'gone' });
await run(networks.deleteServiceNetwork, { serviceNetworkIdentifier: gone.id });
while ((await store.at(1)) !== undefined) await new Promise((resume) => setTimeout(resume, 10));
if ('record' in store)
  for (const id of ['event-1', 'event-2'])
    store.record({
      ...{ id, time: now, account, region, name: 'CreateService', source: 'vpc-lattice.amazonaws.com', isRead: false },
      ...{ user: 'admin', accessKeyId: 'AKIAEXAMPLE', resources: [], text: `{"eventID":"${id}"}` },
    });
const { revision, tables } = store.state.value;
const lines: unknown[] = [{ revision, call: { token: 'token-1', input: first, result: service } }];
const missing: string[] = [];
for (const kind of domain.recordKinds) {
  if (tables[kind].size === 0) missing.push(kind);
  for (const [key, record] of [...tables[kind].entries()].sort(([a], [b]) => (a < b ? -1 : 1)))
    lines.push({ kind, key, record });
}
if (missing.length > 0) throw new Error(`there is no record of the kinds ${missing.join(', ')}`);
await store[Symbol.asyncDispose]();
const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM;');
database.close();
const target = join(root, 'test', 'store', 'formats', `tables-${migrations.length}-log-${LOG_FORMAT}`);
mkdirSync(target, { recursive: true });
copyFileSync(file, join(target, 'state.db'));
writeFileSync(join(target, 'records.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
rmSync(scratch, { recursive: true });
process.stdout.write(`made ${target}: revision ${revision}, ${lines.length - 1} records\n`);
