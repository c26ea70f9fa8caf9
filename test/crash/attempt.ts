// A service with all that it needs, made by calls that may be cut off at any moment, and compared with what was answered.

import assert from 'node:assert/strict';
import {
  CreateListenerCommand,
  CreateRuleCommand,
  CreateServiceCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  CreateTargetGroupCommand,
  GetListenerCommand,
  GetRuleCommand,
  GetServiceCommand,
  GetServiceNetworkServiceAssociationCommand,
  GetServiceNetworkVpcAssociationCommand,
  GetTargetGroupCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  type VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import { forward, given, listenerPort } from '../e2e/scenario.ts';

/** What every record has of its own from its making on. */
interface Made {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
}

/** A service whose creation was asked for, what was answered, and the same of all that comes with it. */
export interface Attempt {
  readonly name: string;
  readonly token: string;
  /** The VPC of its targets. */
  readonly targetVpc: string;
  /** The VPC that shall enter the network, once in a round for each writer. */
  readonly vpc?: string;
  vpcAssociation?: Made;
  group?: Made;
  targets?: readonly string[];
  listener?: Made;
  rule?: Made & { readonly priority: number; readonly match: string; readonly action: string };
  service?: Made & { readonly dnsName: string };
  association?: Made;
  address?: string;
}

/** Whether all calls of an attempt were answered. */
export const isWhole = ({ rule }: Attempt): boolean => rule !== undefined;

/** Calls (or calls again, with the same tokens) what makes the attempt, and compares with what was answered before. */
export async function create(
  lattice: VPCLatticeClient,
  serviceNetworkIdentifier: string,
  attempt: Attempt,
): Promise<void> {
  const { name, token, vpc } = attempt;
  const service = await lattice.send(new CreateServiceCommand({ name, clientToken: token }));
  const serviceIdentifier = given(service.id);
  const shown = await lattice.send(new GetServiceCommand({ serviceIdentifier }));
  attempt.service = same({ ...made(shown), dnsName: given(service.dnsEntry?.domainName) }, attempt.service);
  const association = await lattice.send(
    new CreateServiceNetworkServiceAssociationCommand({
      serviceIdentifier,
      serviceNetworkIdentifier,
      clientToken: `a-${token}`,
    }),
  );
  attempt.association = same(await associationOf(lattice, given(association.id)), attempt.association);
  if (vpc !== undefined) {
    const { id } = await lattice.send(
      new CreateServiceNetworkVpcAssociationCommand({
        vpcIdentifier: vpc,
        serviceNetworkIdentifier,
        clientToken: `v-${token}`,
      }),
    );
    attempt.vpcAssociation = same(await vpcAssociationOf(lattice, given(id)), attempt.vpcAssociation);
  }
  const group = await lattice.send(
    new CreateTargetGroupCommand({
      name,
      type: 'IP',
      config: { port: 80, protocol: 'HTTP', vpcIdentifier: attempt.targetVpc },
      clientToken: `g-${token}`,
    }),
  );
  await createRouting(lattice, attempt, serviceIdentifier, given(group.id));
}

/** The part of an attempt that says where requests go: targets, listener and rule. */
async function createRouting(
  lattice: VPCLatticeClient,
  attempt: Attempt,
  serviceIdentifier: string,
  targetGroupIdentifier: string,
): Promise<void> {
  const { name, token } = attempt;
  attempt.group = same(made(await lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier }))), attempt.group);
  const targets = ['10.0.1.20', '10.0.1.21'].map((id) => ({ id, port: 80 }));
  await lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets }));
  attempt.targets = same(await targetsOf(lattice, targetGroupIdentifier), attempt.targets);
  const listener = await lattice.send(
    new CreateListenerCommand({
      serviceIdentifier,
      name,
      protocol: 'HTTP',
      port: listenerPort,
      defaultAction: { fixedResponse: { statusCode: 404 } },
      clientToken: `l-${token}`,
    }),
  );
  const listenerIdentifier = given(listener.id);
  const owner = { serviceIdentifier, listenerIdentifier };
  attempt.listener = same(made(await lattice.send(new GetListenerCommand(owner))), attempt.listener);
  const { id } = await lattice.send(
    new CreateRuleCommand({
      ...owner,
      name,
      priority: 7,
      match: { httpMatch: { method: 'PUT', pathMatch: { match: { prefix: `/${name}` } } } },
      action: forward([targetGroupIdentifier, 30]),
      clientToken: `r-${token}`,
    }),
  );
  attempt.rule = same(await ruleOf(lattice, { ...owner, ruleIdentifier: given(id) }), attempt.rule);
}

/** What every Get answers. */
function made(answer: {
  readonly id?: string | undefined;
  readonly arn?: string | undefined;
  readonly createdAt?: Date | undefined;
}): Made {
  return { id: given(answer.id), arn: given(answer.arn), createdAt: given(answer.createdAt).getTime() };
}

/** What is there now, which must be what was there before, if anything was. */
function same<T>(now: T, before: T | undefined): T {
  if (before !== undefined) assert.deepEqual(now, before);
  return now;
}

const associationOf = async (lattice: VPCLatticeClient, serviceNetworkServiceAssociationIdentifier: string) =>
  made(
    await lattice.send(new GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier })),
  );

/** What is known of a VPC association; rejects when there is none. */
export const vpcAssociationOf = async (lattice: VPCLatticeClient, serviceNetworkVpcAssociationIdentifier: string) =>
  made(await lattice.send(new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier })));

async function targetsOf(lattice: VPCLatticeClient, targetGroupIdentifier: string): Promise<readonly string[]> {
  const { items } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
  return given(items)
    .map(({ id, port }) => `${id}:${port}`)
    .sort();
}

async function ruleOf(
  lattice: VPCLatticeClient,
  which: { readonly serviceIdentifier: string; readonly listenerIdentifier: string; readonly ruleIdentifier: string },
) {
  const rule = await lattice.send(new GetRuleCommand(which));
  const [match, action] = [JSON.stringify(rule.match), JSON.stringify(rule.action)];
  return { ...made(rule), priority: given(rule.priority), match, action };
}

/** Compares what is there with what was answered, of every call that was. */
export async function compare(lattice: VPCLatticeClient, attempt: Attempt): Promise<void> {
  const { service, association, vpcAssociation, group, targets, listener, rule } = attempt;
  if (service !== undefined) {
    const { arn } = await lattice.send(new GetServiceCommand({ serviceIdentifier: service.id }));
    assert.equal(arn, service.arn);
  }
  if (association !== undefined) same(await associationOf(lattice, association.id), association);
  if (vpcAssociation !== undefined) same(await vpcAssociationOf(lattice, vpcAssociation.id), vpcAssociation);
  if (group !== undefined && targets !== undefined) same(await targetsOf(lattice, group.id), targets);
  if (service !== undefined && listener !== undefined && rule !== undefined) {
    const owner = { serviceIdentifier: service.id, listenerIdentifier: listener.id };
    same(await ruleOf(lattice, { ...owner, ruleIdentifier: rule.id }), rule);
  }
}
