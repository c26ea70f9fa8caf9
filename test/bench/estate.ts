// Many services made by the API, so that a bench can see what a number of them costs.

import {
  CreateListenerCommand,
  CreateRuleCommand,
  CreateServiceCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateTargetGroupCommand,
  RegisterTargetsCommand,
  type RuleAction,
  type VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';

/** How much is made. */
export interface Estate {
  readonly client: VPCLatticeClient;
  /** The network that every service is associated with, and the VPC of the targets. */
  readonly serviceNetworkId: string;
  readonly vpc: string;
  readonly services: number;
  /** The number of the first; they are told apart by it. */
  readonly first?: number;
  /** Of each service, besides the default one. */
  readonly rules: number;
  /** Of each service, in one group; none: rules answer by themselves. */
  readonly targets: number;
}

/** Calls at a time. */
const AT_ONCE = 32;
/** The port at which the listeners are. */
const PORT = 8080;

/** Makes the services; resolves with their names. Targets exist nowhere, and nobody checks their health. */
export async function makeEstate(estate: Estate): Promise<readonly string[]> {
  const names: string[] = [];
  const { first = 0 } = estate;
  let next = first;
  const maker = async (): Promise<void> => {
    for (let i = next++; i < first + estate.services; i = next++) names.push(await makeOne(estate, i));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, maker));
  return names;
}

async function makeOne({ client, serviceNetworkId, vpc, rules, targets }: Estate, i: number): Promise<string> {
  const service = await client.send(new CreateServiceCommand({ name: `estate-${i}` }));
  let action: RuleAction = { fixedResponse: { statusCode: 404 } };
  if (targets > 0) {
    const group = await client.send(
      new CreateTargetGroupCommand({
        name: `estate-${i}`,
        type: 'IP',
        config: { port: 9000, protocol: 'HTTP', vpcIdentifier: vpc, healthCheck: { enabled: false } },
      }),
    );
    await client.send(
      new RegisterTargetsCommand({
        targetGroupIdentifier: group.id,
        targets: Array.from({ length: targets }, (_, j) => ({
          id: `10.0.${100 + (i % 100)}.${1 + Math.trunc(i / 100)}`,
          port: 9000 + j,
        })),
      }),
    );
    action = { forward: { targetGroups: [{ targetGroupIdentifier: group.id, weight: 1 }] } };
  }
  const listener = await client.send(
    new CreateListenerCommand({
      serviceIdentifier: service.id,
      name: 'http',
      protocol: 'HTTP',
      port: PORT,
      defaultAction: action,
    }),
  );
  for (let j = 1; j <= rules; j++)
    await client.send(
      new CreateRuleCommand({
        serviceIdentifier: service.id,
        listenerIdentifier: listener.id,
        name: `number-${j}`,
        priority: j,
        match: { httpMatch: { pathMatch: { match: { prefix: `/part-${j}/` } } } },
        action,
      }),
    );
  await client.send(
    new CreateServiceNetworkServiceAssociationCommand({
      serviceIdentifier: service.id,
      serviceNetworkIdentifier: serviceNetworkId,
    }),
  );
  return service.dnsEntry?.domainName ?? '';
}
