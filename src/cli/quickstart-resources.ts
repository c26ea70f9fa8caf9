// What the quickstart makes by the API, each found again by its name when it was made before.

import {
  CreateListenerCommand,
  CreateRuleCommand,
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  CreateTargetGroupCommand,
  GetServiceNetworkVpcAssociationCommand,
  ListListenersCommand,
  ListRulesCommand,
  ListServiceNetworksCommand,
  ListServiceNetworkServiceAssociationsCommand,
  ListServiceNetworkVpcAssociationsCommand,
  ListServicesCommand,
  ListTargetGroupsCommand,
  ListTargetsCommand,
  PutAuthPolicyCommand,
  RegisterTargetsCommand,
  TagResourceCommand,
  UpdateRuleCommand,
  UpdateServiceCommand,
  type RuleAction,
  type VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import { setTimeout as delay } from 'node:timers/promises';

/** The ids of what was made. */
export interface QuickstartResources {
  readonly serviceId: string;
  readonly serviceArn: string;
  /** The name that was made for it, and the zone that aliases name with it. */
  readonly domainName: string;
  readonly hostedZoneId: string;
  /** Of the clients' VPC with the network. */
  readonly associationId: string;
  readonly listenerId: string;
  readonly switchRuleId: string;
  /** Target groups of the two versions. */
  readonly groups: readonly [string, string];
}

/** Milliseconds that the data plane and the first health checks may take. */
const PATIENCE = 20_000;

async function ensure<Item>(
  find: () => Promise<readonly Item[] | undefined>,
  match: (item: Item) => boolean,
  make: () => Promise<unknown>,
): Promise<Item> {
  const known = (await find())?.find(match);
  if (known !== undefined) return known;
  await make();
  const made = (await find())?.find(match);
  if (made === undefined) throw new Error('what was just made is not listed');
  return made;
}

const named = (name: string) => (item: { readonly name?: string | undefined }) => item.name === name;

/** Makes network, service, listener, rules, target groups and associations, and waits until they serve. */
export async function makeQuickstart(
  client: VPCLatticeClient,
  vpcs: { readonly clients: string; readonly targets: string },
  customDomainName: string,
): Promise<QuickstartResources> {
  const network = await ensure(
    async () => (await client.send(new ListServiceNetworksCommand({}))).items,
    named('main'),
    () => client.send(new CreateServiceNetworkCommand({ name: 'main' })),
  );
  const service = await ensure(
    async () => (await client.send(new ListServicesCommand({}))).items,
    (item) => item.customDomainName === customDomainName,
    () => client.send(new CreateServiceCommand({ name: 'pay', customDomainName })),
  );
  const group = async (name: string, address: string): Promise<string> => {
    const found = await ensure(
      async () => (await client.send(new ListTargetGroupsCommand({}))).items,
      named(name),
      () =>
        client.send(
          new CreateTargetGroupCommand({
            name,
            type: 'IP',
            config: { port: 8080, protocol: 'HTTP', vpcIdentifier: vpcs.targets },
          }),
        ),
    );
    await client.send(
      new RegisterTargetsCommand({ targetGroupIdentifier: found.id, targets: [{ id: address, port: 8080 }] }),
    );
    return found.id ?? '';
  };
  const groups = [await group('pay-one', '10.0.1.10'), await group('pay-two', '10.0.1.11')] as const;
  const listener = await ensure(
    async () => (await client.send(new ListListenersCommand({ serviceIdentifier: service.id }))).items,
    named('http'),
    () =>
      client.send(
        new CreateListenerCommand({
          serviceIdentifier: service.id,
          name: 'http',
          protocol: 'HTTP',
          port: 80,
          defaultAction: split(groups),
        }),
      ),
  );
  const rule = (name: string, priority: number, path: string, action: RuleAction) =>
    ensure(
      async () =>
        (await client.send(new ListRulesCommand({ serviceIdentifier: service.id, listenerIdentifier: listener.id })))
          .items,
      named(name),
      () =>
        client.send(
          new CreateRuleCommand({
            serviceIdentifier: service.id,
            listenerIdentifier: listener.id,
            name,
            priority,
            match: { httpMatch: { pathMatch: { match: { prefix: path } } } },
            action,
          }),
        ),
    );
  await rule('closed', 10, '/closed', { fixedResponse: { statusCode: 404 } });
  const switching = await rule('switch', 20, '/switch', forward(groups[0]));
  await ensure(
    async () =>
      (await client.send(new ListServiceNetworkServiceAssociationsCommand({ serviceIdentifier: service.id }))).items,
    (item) => item.serviceNetworkId === network.id,
    () =>
      client.send(
        new CreateServiceNetworkServiceAssociationCommand({
          serviceIdentifier: service.id,
          serviceNetworkIdentifier: network.id,
        }),
      ),
  );
  const association = await ensure(
    async () =>
      (await client.send(new ListServiceNetworkVpcAssociationsCommand({ vpcIdentifier: vpcs.clients }))).items,
    (item) => item.serviceNetworkId === network.id,
    () =>
      client.send(
        new CreateServiceNetworkVpcAssociationCommand({
          vpcIdentifier: vpcs.clients,
          serviceNetworkIdentifier: network.id,
        }),
      ),
  );
  await until(
    'the VPC association is ACTIVE',
    async () =>
      (
        await client.send(
          new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: association.id }),
        )
      ).status === 'ACTIVE',
  );
  for (const id of groups)
    await until(
      'the targets are HEALTHY',
      async () =>
        (await client.send(new ListTargetsCommand({ targetGroupIdentifier: id }))).items?.every(
          ({ status }) => status === 'HEALTHY',
        ) === true,
    );
  return {
    serviceId: service.id ?? '',
    serviceArn: service.arn ?? '',
    domainName: service.dnsEntry?.domainName ?? '',
    hostedZoneId: service.dnsEntry?.hostedZoneId ?? '',
    associationId: association.id ?? '',
    listenerId: listener.id ?? '',
    switchRuleId: switching.id ?? '',
    groups,
  };
}

/** Sends 90 % to the first version and 10 % to the second. */
function split([first, second]: readonly [string, string]): RuleAction {
  return {
    forward: {
      targetGroups: [
        { targetGroupIdentifier: first, weight: 90 },
        { targetGroupIdentifier: second, weight: 10 },
      ],
    },
  };
}

function forward(group: string): RuleAction {
  return { forward: { targetGroups: [{ targetGroupIdentifier: group, weight: 100 }] } };
}

/** Lets everyone ask, but clients of one VPC nothing below `/admin`, and tells denied clients why. The policy is there before it is in force. */
export async function guard(
  client: VPCLatticeClient,
  { serviceId, serviceArn }: QuickstartResources,
  vpcId: string,
): Promise<void> {
  const Action = 'vpc-lattice-svcs:Invoke';
  const Condition = { StringEquals: { 'vpc-lattice-svcs:SourceVpc': vpcId } };
  const Statement = [
    { Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action, Resource: '*' },
    { Sid: 'NoAdminFromShop', Effect: 'Deny', Principal: '*', Action, Resource: `${serviceArn}/admin*`, Condition },
  ];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await client.send(new TagResourceCommand({ resourceArn: serviceArn, tags: { 'pergola:reason': 'on' } }));
  await client.send(new PutAuthPolicyCommand({ resourceIdentifier: serviceId, policy }));
  await client.send(new UpdateServiceCommand({ serviceIdentifier: serviceId, authType: 'AWS_IAM' }));
}

/** Points the rule of `/switch` at one version. */
export async function switchTo(
  client: VPCLatticeClient,
  resources: QuickstartResources,
  version: 0 | 1,
): Promise<void> {
  const { serviceId, listenerId, switchRuleId, groups } = resources;
  await client.send(
    new UpdateRuleCommand({
      serviceIdentifier: serviceId,
      listenerIdentifier: listenerId,
      ruleIdentifier: switchRuleId,
      action: forward(groups[version]),
    }),
  );
}

async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await test())) {
    if (performance.now() > end)
      throw new Error(`after ${PATIENCE / 1000} seconds it is still not so that ${what}; see \`npx pergola status\``);
    await delay(50);
  }
}
