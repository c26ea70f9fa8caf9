// Networks of services as tests need them, made by the AWS SDK alone.

import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  CreateTargetGroupCommand,
  GetServiceNetworkServiceAssociationCommand,
  GetServiceNetworkVpcAssociationCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  type RuleAction,
} from '@aws-sdk/client-vpc-lattice';
import { pickPorts } from '../free-ports.ts';
import type { TestServer } from '../server.ts';

/** The port of listeners, and one that may be the next listener's: every user may open both. */
export const listenerPort = pickPorts(8000, 2);

/** The port of targets; nobody listens on the next one. */
export const targetPort = pickPorts(8080, 2);

/** A member of an answer that AWS always gives. */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a member of an answer is missing');
  return value;
}

let count = 0;

/** A name that no other case of this process uses. */
export function unique(stem: string): string {
  return `${stem}-${process.pid}-${++count}`;
}

/** Makes the VPC 10.0.0.0/16 with the subnet 10.0.1.0/24; its id. */
export async function makeVpc({ ec2 }: TestServer): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = given(Vpc?.VpcId);
  await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }));
  return VpcId;
}

/** Makes a service network; its id. */
export async function makeNetwork({ lattice }: TestServer): Promise<string> {
  return given((await lattice.send(new CreateServiceNetworkCommand({ name: unique('town') }))).id);
}

/** A service and the names that clients and tests use for it. */
export interface MadeService {
  readonly id: string;
  readonly arn: string;
  readonly dnsName: string;
}

/** Makes a service without listeners. */
export async function makeService({ lattice }: TestServer): Promise<MadeService> {
  const { id, arn, dnsEntry } = await lattice.send(new CreateServiceCommand({ name: unique('shop') }));
  return { id: given(id), arn: given(arn), dnsName: given(dnsEntry?.domainName) };
}

/** Makes an HTTP listener on `listenerPort`; its id. */
export async function makeListener(
  { lattice }: TestServer,
  serviceIdentifier: string,
  defaultAction: RuleAction,
  port = listenerPort,
): Promise<string> {
  const made = await lattice.send(
    new CreateListenerCommand({ serviceIdentifier, name: unique('http'), protocol: 'HTTP', port, defaultAction }),
  );
  return given(made.id);
}

/** Makes a group of IP targets in the VPC; its id. */
export async function makeGroup(
  { lattice }: TestServer,
  vpcIdentifier: string,
  targets: readonly { readonly id: string; readonly port: number }[],
): Promise<string> {
  const made = await lattice.send(
    new CreateTargetGroupCommand({
      name: unique('group'),
      type: 'IP',
      config: { port: targetPort, protocol: 'HTTP', vpcIdentifier },
    }),
  );
  const targetGroupIdentifier = given(made.id);
  if (targets.length > 0) {
    const { unsuccessful } = await lattice.send(
      new RegisterTargetsCommand({ targetGroupIdentifier, targets: targets.map((target) => ({ ...target })) }),
    );
    if (unsuccessful?.length !== 0) throw new Error(`not registered: ${JSON.stringify(unsuccessful)}`);
  }
  return targetGroupIdentifier;
}

/** An action that sends everything to the groups, by weight. */
export function forward(...weighted: readonly (readonly [group: string, weight: number])[]): RuleAction {
  return {
    forward: { targetGroups: weighted.map(([targetGroupIdentifier, weight]) => ({ targetGroupIdentifier, weight })) },
  };
}

/** Associates the service with the network and waits until it is ACTIVE; the association's id. */
export async function offer(
  { lattice }: TestServer,
  serviceIdentifier: string,
  serviceNetworkIdentifier: string,
): Promise<string> {
  const { id } = await lattice.send(
    new CreateServiceNetworkServiceAssociationCommand({ serviceIdentifier, serviceNetworkIdentifier }),
  );
  const serviceNetworkServiceAssociationIdentifier = given(id);
  await eventually('the service association is ACTIVE', async () => {
    const got = await lattice.send(
      new GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier }),
    );
    return got.status === 'ACTIVE';
  });
  return serviceNetworkServiceAssociationIdentifier;
}

/** Opens the network to the VPC and waits until the association is ACTIVE; its id. */
export async function enter(
  { lattice }: TestServer,
  vpcIdentifier: string,
  serviceNetworkIdentifier: string,
): Promise<string> {
  const { id } = await lattice.send(
    new CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier, serviceNetworkIdentifier }),
  );
  const serviceNetworkVpcAssociationIdentifier = given(id);
  await eventually('the VPC association is ACTIVE', async () => {
    const got = await lattice.send(
      new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }),
    );
    return got.status === 'ACTIVE';
  });
  return serviceNetworkVpcAssociationIdentifier;
}

/** Waits until every target of the group is HEALTHY, as ListTargets says. */
export async function awaitHealthy({ lattice }: TestServer, targetGroupIdentifier: string): Promise<void> {
  await eventually('every target is HEALTHY', async () => {
    const { items } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
    return given(items).length > 0 && given(items).every(({ status }) => status === 'HEALTHY');
  });
}

/** Asks until the answer is true; rejects after ten seconds, saying what did not come. */
export async function eventually(what: string, test: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await test())) {
    if (performance.now() - start > 30_000) throw new Error(`after 30 seconds it is not so that ${what}`);
    await sleep(20);
  }
}

/** Two VPCs of the same range and a service network between them. */
export interface World {
  readonly clients: string;
  readonly targets: string;
  readonly network: string;
}

/** Makes the world: clients may use what the network offers. */
export async function makeWorld(server: TestServer): Promise<World> {
  const [clients, targets, network] = await Promise.all([makeVpc(server), makeVpc(server), makeNetwork(server)]);
  await enter(server, clients, network);
  return { clients, targets, network };
}
