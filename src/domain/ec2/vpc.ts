// VPCs: create, delete, and how one is attached.

import type { Context, Decided } from '../decision.ts';
import { formatArn, newId } from '../identifiers.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { Vpc, VpcAttachment } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, remove, type State } from '../state.ts';
import { normalizeEc2Cidr, provideIpv6 } from './cidr.ts';
import { clearVpc, furnishVpc } from './furnish-vpc.ts';
import { getThing } from './resource.ts';

/** How many loopback VPCs a machine can have: 127.1/16 to 127.99/16. */
const MOST_LOOPBACK = 99;

/** How a VPC is wanted to be attached; a loopback VPC without `n` gets the lowest free one. */
export type AttachmentInput =
  | { readonly kind: 'netns'; readonly path?: string }
  | { readonly kind: 'loopback'; readonly n?: number };

export interface CreateVpcInput {
  readonly cidrBlock: string;
  /** The server's default. */
  readonly attachment: AttachmentInput;
  /** A range of IPv6 is chosen here. */
  readonly ipv6?: boolean;
  readonly tenancy?: 'default' | 'dedicated';
  readonly tags?: Tags;
}

/** CreateVpc (EC2). Ranges of different VPCs may overlap. */
export function createVpc(state: State, input: CreateVpcInput, context: Context): Decided<Vpc> {
  const { account, region, now } = context;
  const id = newId('vpc', context.random);
  const vpc: Vpc = {
    account,
    region,
    id,
    arn: formatArn('ec2', context, `vpc/${id}`),
    cidrs: [normalizeEc2Cidr(input.cidrBlock, 'InvalidVpc.Range')],
    attachment: decideAttachment(state, input.attachment),
    ...(input.ipv6 === true ? { ipv6Cidrs: [provideIpv6(id, [])] } : {}),
    ...(input.tenancy === 'dedicated' ? { tenancy: input.tenancy } : {}),
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('vpc', vpc), ...furnishVpc(state, vpc, now)], result: vpc };
}

/** The attachment to store: `before` keeps a loopback number that nothing else asks for. Refused when none is free. */
export function decideAttachment(state: State, input: AttachmentInput, before?: Vpc): VpcAttachment {
  if (input.kind === 'netns') return input.path === undefined ? { kind: 'netns' } : { kind: 'netns', path: input.path };
  const free = (n: number): boolean =>
    recordsBy(state, 'vpc', 'vpcsByLoopback', String(n)).every((vpc) => vpc.id === before?.id);
  if (input.n !== undefined) {
    if (!Number.isInteger(input.n) || input.n < 1 || input.n > MOST_LOOPBACK)
      throw ec2Refusal(
        'InvalidParameterValue',
        `The loopback number ${input.n} is not between 1 and ${MOST_LOOPBACK}.`,
      );
    if (!free(input.n)) throw ec2Refusal('InvalidParameterValue', `The loopback number ${input.n} is taken.`);
    return { kind: 'loopback', n: input.n };
  }
  if (before?.attachment.kind === 'loopback') return before.attachment;
  for (let n = 1; n <= MOST_LOOPBACK; n++) if (free(n)) return { kind: 'loopback', n };
  throw ec2Refusal('VpcLimitExceeded', `The maximum number of loopback VPCs (${MOST_LOOPBACK}) has been reached.`);
}

/** DeleteVpc (EC2): `DependencyViolation` while anything stands in it or refers to it. */
export function deleteVpc(state: State, input: { readonly vpcId: string }, context: Context): Decided<null> {
  const vpc = getVpc(state, context, input.vpcId);
  if (vpc.origin === 'configuration')
    throw ec2Refusal('OperationNotPermitted', `The vpc '${vpc.id}' is made by the configuration. Remove it there.`);
  const changes = [...clearVpc(state, vpc), remove('vpc', vpc)];
  checkUnused(state, vpc, ['subnetsByVpc', 'instancesByVpc', 'ec2Users']);
  return { changes, result: null };
}

/** Refuses when a target group, an association, a resource gateway or one of `more` refers to the VPC. */
export function checkUnused(
  state: State,
  vpc: Vpc,
  more: readonly ('subnetsByVpc' | 'instancesByVpc' | 'ec2Users')[] = [],
): void {
  const key = keyOfRecord(vpc);
  const users = (['vpcAssociationsByVpc', 'targetGroupsByVpc', 'resourceGatewaysByVpc', ...more] as const).filter(
    (index) => state.indexes[index].has(key),
  );
  if (users.length > 0)
    throw ec2Refusal('DependencyViolation', `The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
}

/** The VPC with `id`; refused with `InvalidVpcID.NotFound` when absent. */
export function getVpc(state: State, caller: { readonly account: string; readonly region: string }, id: string): Vpc {
  return getThing(state, caller, 'vpc', id);
}
