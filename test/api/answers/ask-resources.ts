// Every answer about resource gateways, resource configurations, domain verifications and associations.

import * as sdk from '@aws-sdk/client-vpc-lattice';
import { keyOf } from '../../../src/domain/records/index.ts';
import { obeyAll } from '../lattice-checks.ts';
import type { RunningApi } from '../running-api.ts';
import type { Services } from './ask-services.ts';
import { caller, fail, mend, writeRecords, type Ground } from './ground.ts';
import type { Json, Recorder } from './recorder.ts';

const idOf = (json: Json): string => String(json['id']);
const tags = { team: 'shop' };

/** Asks; leaves nothing of its own but the associations of `services`. */
export async function askResources(
  api: RunningApi,
  recorder: Recorder,
  ground: Ground,
  services: Services,
): Promise<void> {
  const verifications = await askVerifications(recorder);
  const gateways = await askGateways(api, recorder, ground);
  const configurations = await askConfigurations(api, recorder, gateways, verifications.full);
  await askResourceAssociations(api, recorder, services, configurations);
  await askEndpoints(api, recorder, services, configurations.full);
  await askVpcAssociations(api, recorder, ground, services);
  await askServiceAssociations(api, recorder, services);
  const { ask } = recorder;
  await ask('full', new sdk.DeleteServiceCommand({ serviceIdentifier: services.minimalService }));
  await ask('full', new sdk.DeleteServiceNetworkCommand({ serviceNetworkIdentifier: services.minimalNetwork }));
  const { arn } = configurations;
  await ask('full', new sdk.DeleteResourceConfigurationCommand({ resourceConfigurationIdentifier: arn }));
  await obeyAll(api);
  await ask('full', new sdk.DeleteResourceGatewayCommand({ resourceGatewayIdentifier: gateways.minimal }));
  await ask('full', new sdk.DeleteDomainVerificationCommand({ domainVerificationIdentifier: verifications.minimal }));
}

type Pair = Readonly<Record<'full' | 'minimal', string>>;

async function askVerifications({ ask }: Recorder): Promise<Pair> {
  const made: string[] = [];
  for (const [name, more] of [
    ['full', { tags, clientToken: 'one' }],
    ['minimal', {}],
  ] as const) {
    const verification = await ask(
      name,
      new sdk.StartDomainVerificationCommand({ domainName: `${name}.example.com`, ...more }),
    );
    const domainVerificationIdentifier = idOf(verification);
    await ask(name, new sdk.GetDomainVerificationCommand({ domainVerificationIdentifier }));
    await ask(name, new sdk.ListDomainVerificationsCommand({}), domainVerificationIdentifier);
    made.push(domainVerificationIdentifier);
  }
  const [full = '', minimal = ''] = made;
  return { full, minimal };
}

async function askGateways(api: RunningApi, { ask }: Recorder, ground: Ground): Promise<Pair> {
  const { vpcId: vpcIdentifier, subnetId, securityGroupId } = ground;
  const more: Partial<sdk.CreateResourceGatewayRequest> = {
    ...{ securityGroupIds: [securityGroupId], ipAddressType: 'IPV4', ipv4AddressesPerEni: 8, tags },
    ...{ resourceConfigDnsResolution: 'IN_VPC', clientToken: 'one' },
  };
  const made: string[] = [];
  for (const [name, settings] of [
    ['full', more],
    ['minimal', {}],
  ] as const) {
    const gateway = await ask(
      name,
      new sdk.CreateResourceGatewayCommand({ name, vpcIdentifier, subnetIds: [subnetId], ...settings }),
    );
    const resourceGatewayIdentifier = idOf(gateway);
    await obeyAll(api);
    await ask(name, new sdk.GetResourceGatewayCommand({ resourceGatewayIdentifier }));
    await ask(name, new sdk.ListResourceGatewaysCommand({}), resourceGatewayIdentifier);
    const securityGroupIds = name === 'full' ? [securityGroupId] : [];
    await ask(name, new sdk.UpdateResourceGatewayCommand({ resourceGatewayIdentifier, securityGroupIds }));
    await obeyAll(api);
    made.push(resourceGatewayIdentifier);
  }
  const [full = '', minimal = ''] = made;
  return { full, minimal };
}

type Configurations = Readonly<Record<'full' | 'minimal' | 'group' | 'child' | 'arn' | 'cidr', string>>;

async function askConfigurations(
  api: RunningApi,
  { ask }: Recorder,
  gateways: Pair,
  domainVerificationIdentifier: string,
): Promise<Configurations> {
  const ipResource = { ipResource: { ipAddress: '10.0.1.5' } };
  const dnsResource = { dnsResource: { domainName: 'db.internal.example.com', ipAddressType: 'IPV4' } } as const;
  const gateway = { resourceGatewayIdentifier: gateways.full };
  const made: Record<string, string> = {};
  const make = async (
    name: keyof Configurations,
    more: Omit<sdk.CreateResourceConfigurationRequest, 'name'>,
  ): Promise<void> => {
    const configuration = await ask(name, new sdk.CreateResourceConfigurationCommand({ name: `${name}-one`, ...more }));
    const resourceConfigurationIdentifier = idOf(configuration);
    made[name] = resourceConfigurationIdentifier;
    await obeyAll(api);
    await ask(name, new sdk.GetResourceConfigurationCommand({ resourceConfigurationIdentifier }));
    if (name === 'arn' || name === 'cidr') return;
    await ask(name, new sdk.ListResourceConfigurationsCommand({}), resourceConfigurationIdentifier);
    await ask(
      name,
      new sdk.UpdateResourceConfigurationCommand({
        resourceConfigurationIdentifier,
        ...(name === 'group' ? {} : { portRanges: ['5433'] }),
      }),
    );
    await obeyAll(api);
  };
  await make('full', {
    ...{ ...gateway, type: 'SINGLE', portRanges: ['5432', '8000-8010'], protocol: 'TCP', tags, clientToken: 'one' },
    ...{ customDomainName: 'orders.full.example.com', domainVerificationIdentifier },
    ...{ resourceConfigurationDefinition: dnsResource, allowAssociationToShareableServiceNetwork: true },
  });
  const portRanges = ['5432'];
  await make('minimal', { ...gateway, type: 'SINGLE', portRanges, resourceConfigurationDefinition: ipResource });
  await make('group', { ...gateway, type: 'GROUP', groupDomain: 'full.example.com', domainVerificationIdentifier });
  const resourceConfigurationGroupIdentifier = made['group'] ?? '';
  await make('child', {
    ...{ type: 'CHILD', portRanges, customDomainName: 'a.full.example.com', resourceConfigurationGroupIdentifier },
    resourceConfigurationDefinition: ipResource,
  });
  const arn = `arn:aws:rds:us-east-1:${caller.account}:db:orders`;
  // Names of AWS resources are public ones.
  await make('arn', {
    resourceGatewayIdentifier: gateways.minimal,
    type: 'ARN',
    resourceConfigurationDefinition: { arnResource: { arn } },
  });
  const cidrRanges = ['10.0.1.0/24'];
  await make('cidr', {
    ...{
      ...gateway,
      type: 'CIDR',
      portRanges: ['80'],
      resourceConfigurationDefinition: { cidrResource: { cidrRanges } },
    },
  });
  const minimal = made['minimal'] ?? '';
  await fail(api, 'resourceConfiguration', minimal);
  await ask('failed', new sdk.GetResourceConfigurationCommand({ resourceConfigurationIdentifier: minimal }));
  await mend(api, 'resourceConfiguration', minimal);
  const { full = '', group = '', child = '' } = made;
  return { full, minimal, group, child, arn: made['arn'] ?? '', cidr: made['cidr'] ?? '' };
}

async function askResourceAssociations(
  api: RunningApi,
  { ask }: Recorder,
  { network, minimalNetwork }: Services,
  configurations: Configurations,
): Promise<void> {
  const unused = { resourceConfigurationIdentifier: configurations.arn };
  await ask('none', new sdk.ListServiceNetworkResourceAssociationsCommand(unused));
  for (const [name, serviceNetworkIdentifier, more] of [
    ['full', network, { privateDnsEnabled: true, tags, clientToken: 'one' }],
    ['minimal', minimalNetwork, {}],
  ] as const) {
    const resourceConfigurationIdentifier = configurations[name];
    const sides = { resourceConfigurationIdentifier, serviceNetworkIdentifier };
    const made = await ask(name, new sdk.CreateServiceNetworkResourceAssociationCommand({ ...sides, ...more }));
    const serviceNetworkResourceAssociationIdentifier = idOf(made);
    const one = { serviceNetworkResourceAssociationIdentifier };
    await obeyAll(api);
    await ask(name, new sdk.GetServiceNetworkResourceAssociationCommand(one));
    await ask(name, new sdk.ListServiceNetworkResourceAssociationsCommand({ serviceNetworkIdentifier }));
    if (name === 'minimal') {
      await fail(api, 'resourceAssociation', idOf(made));
      await ask('failed', new sdk.GetServiceNetworkResourceAssociationCommand(one));
      await ask('failed', new sdk.ListServiceNetworkResourceAssociationsCommand({ serviceNetworkIdentifier }));
      await mend(api, 'resourceAssociation', idOf(made));
    }
    await ask(name, new sdk.DeleteServiceNetworkResourceAssociationCommand(one));
    await obeyAll(api);
  }
}

async function askEndpoints(
  api: RunningApi,
  { ask }: Recorder,
  { network }: Services,
  resourceConfigurationIdentifier: string,
): Promise<void> {
  const { account, region } = caller;
  await ask('none', new sdk.ListResourceEndpointAssociationsCommand({ resourceConfigurationIdentifier }));
  await ask('none', new sdk.ListServiceNetworkVpcEndpointAssociationsCommand({ serviceNetworkIdentifier: network }));
  const base = { ...caller, createdAt: Date.now(), lastUpdatedAt: Date.now(), tags: {} };
  const endpoint = { vpcEndpointId: 'vpce-00000000000000001', vpcEndpointOwner: account };
  const [id, other] = ['rea-00000000000000001', 'vpce-assoc-1'];
  const resourceEndpoint = {
    ...{ ...base, ...endpoint, id, arn: `arn:aws:vpc-lattice:${region}:${account}:resourceendpointassociation/${id}` },
    ...{ createdBy: account, resourceConfigurationId: resourceConfigurationIdentifier },
    resourceConfigurationKey: keyOf(account, region, resourceConfigurationIdentifier),
  };
  const networkEndpoint = {
    ...{ ...base, ...endpoint, id: other, vpcId: 'vpc-00000000000000009', state: 'available' },
    serviceNetworkKey: keyOf(account, region, network),
  };
  const keys = [keyOf(account, region, id), keyOf(account, region, other)] as const;
  await writeRecords(
    api,
    { kind: 'resourceEndpointAssociation', key: keys[0], record: resourceEndpoint },
    { kind: 'networkEndpointAssociation', key: keys[1], record: networkEndpoint },
  );
  await ask('full', new sdk.ListResourceEndpointAssociationsCommand({ resourceConfigurationIdentifier }));
  await ask('full', new sdk.ListServiceNetworkVpcEndpointAssociationsCommand({ serviceNetworkIdentifier: network }));
  await ask(
    'full',
    new sdk.DeleteResourceEndpointAssociationCommand({ resourceEndpointAssociationIdentifier: resourceEndpoint.arn }),
  );
  await writeRecords(api, { kind: 'networkEndpointAssociation', key: keys[1], record: undefined });
}

async function askVpcAssociations(
  api: RunningApi,
  { ask }: Recorder,
  { vpcId: vpcIdentifier, securityGroupId }: Ground,
  { network, minimalNetwork }: Services,
): Promise<void> {
  await ask('none', new sdk.ListServiceNetworkVpcAssociationsCommand({ vpcIdentifier }));
  const securityGroupIds = [securityGroupId];
  const dnsOptions: sdk.DnsOptions = {
    privateDnsPreference: 'SPECIFIED_DOMAINS_ONLY',
    privateDnsSpecifiedDomains: ['example.com'],
  };
  for (const [name, serviceNetworkIdentifier, more, change] of [
    [
      'full',
      network,
      { securityGroupIds, privateDnsEnabled: true, dnsOptions, tags, clientToken: 'one' },
      { securityGroupIds },
    ],
    ['minimal', minimalNetwork, {}, {}],
  ] as const) {
    const made = await ask(
      name,
      new sdk.CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier, serviceNetworkIdentifier, ...more }),
    );
    const one = { serviceNetworkVpcAssociationIdentifier: idOf(made) };
    await obeyAll(api);
    await ask(name, new sdk.GetServiceNetworkVpcAssociationCommand(one));
    await ask(name, new sdk.ListServiceNetworkVpcAssociationsCommand({ serviceNetworkIdentifier }));
    await ask(name, new sdk.UpdateServiceNetworkVpcAssociationCommand({ ...one, ...change }));
    await obeyAll(api);
    if (name === 'minimal') {
      await fail(api, 'vpcAssociation', idOf(made));
      await ask('failed', new sdk.GetServiceNetworkVpcAssociationCommand(one));
      await mend(api, 'vpcAssociation', idOf(made));
    }
    await ask(name, new sdk.DeleteServiceNetworkVpcAssociationCommand(one));
    await obeyAll(api);
  }
}

async function askServiceAssociations(api: RunningApi, { ask }: Recorder, services: Services): Promise<void> {
  const { network, service, minimalService } = services;
  await ask('none', new sdk.ListServiceNetworkServiceAssociationsCommand({ serviceNetworkIdentifier: network }));
  for (const [name, serviceIdentifier, more] of [
    ['full', service, { tags, clientToken: 'one' }],
    ['minimal', minimalService, {}],
  ] as const) {
    const sides = { serviceNetworkIdentifier: network, serviceIdentifier };
    const made = await ask(name, new sdk.CreateServiceNetworkServiceAssociationCommand({ ...sides, ...more }));
    const one = { serviceNetworkServiceAssociationIdentifier: idOf(made) };
    await obeyAll(api);
    await ask(name, new sdk.GetServiceNetworkServiceAssociationCommand(one));
    await ask(name, new sdk.ListServiceNetworkServiceAssociationsCommand({ serviceIdentifier }));
    if (name === 'minimal') {
      await fail(api, 'serviceAssociation', idOf(made));
      await ask('failed', new sdk.GetServiceNetworkServiceAssociationCommand(one));
      await mend(api, 'serviceAssociation', idOf(made));
    }
    await ask(name, new sdk.DeleteServiceNetworkServiceAssociationCommand(one));
    await obeyAll(api);
  }
  await fail(api, 'service', minimalService);
  await ask('failed', new sdk.GetServiceCommand({ serviceIdentifier: minimalService }));
  await mend(api, 'service', minimalService);
  await fail(api, 'targetGroup', services.lambdaGroup);
  await ask('failed', new sdk.GetTargetGroupCommand({ targetGroupIdentifier: services.lambdaGroup }));
}
