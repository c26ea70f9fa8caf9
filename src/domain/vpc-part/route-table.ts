// Route tables: routes, associations with subnets, and which one is a VPC's main table. Kept and shown; packets do not follow them.

import { formatCidr, parseAddress } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { findMainTable } from '../ec2/furnish-vpc.ts';
import { getPrefixList } from '../ec2/prefix-list.ts';
import { findThing, getThing, thingOfId } from '../ec2/resource.ts';
import { newId, type Caller } from '../identifiers.ts';
import type { Route, RouteTable, RouteTarget } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';
import { inUse, keep, keepChanged, partBase, vpcOf, type Tagged } from './part.ts';

/** CreateRouteTable. */
export function createRouteTable(
  state: State,
  input: Tagged & { readonly vpcId: string },
  context: Context,
): Decided<RouteTable> {
  const vpc = getThing(state, context, 'vpc', input.vpcId);
  return keep({ ...partBase('routeTable', input, context), ...vpcOf(vpc), routes: [], associations: [] });
}

/** DeleteRouteTable: not the main one, and none that a subnet has. */
export function deleteRouteTable(
  state: State,
  { routeTableId }: { readonly routeTableId: string },
  context: Context,
): Decided<null> {
  const table = getThing(state, context, 'routeTable', routeTableId);
  if (table.origin === 'configuration')
    throw ec2Refusal('OperationNotPermitted', `The route table '${table.id}' came with a vpc of the configuration.`);
  if (table.mainAssociationId !== undefined || table.associations.length > 0) throw inUse(table, 'routeTable');
  return { changes: [remove('vpcPart', table)], result: null };
}

/** Where a route of a call leads from and to. */
export interface RouteInput {
  readonly routeTableId: string;
  readonly destination: string;
  readonly target: RouteTarget;
}

/** CreateRoute: `RouteAlreadyExists` for a destination that the table has. */
export function createRoute(state: State, input: RouteInput, context: Context): Decided<null> {
  const table = getThing(state, context, 'routeTable', input.routeTableId);
  const destination = readDestination(state, context, table, input.destination);
  if (table.routes.some((route) => route.destination === destination))
    throw ec2Refusal('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
  const route: Route = { destination, target: checkTarget(state, context, table, input.target) };
  return keepChanged({ ...table, routes: [...table.routes, route] }, context);
}

/** ReplaceRoute: `InvalidParameterValue` for a destination that the table has not, as EC2 says it. */
export function replaceRoute(state: State, input: RouteInput, context: Context): Decided<null> {
  const table = getThing(state, context, 'routeTable', input.routeTableId);
  const destination = readDestination(state, context, table, input.destination);
  if (table.routes.every((route) => route.destination !== destination))
    throw ec2Refusal(
      'InvalidParameterValue',
      `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
    );
  const target = checkTarget(state, context, table, input.target);
  const routes = table.routes.map((route) => (route.destination === destination ? { destination, target } : route));
  return keepChanged({ ...table, routes }, context);
}

/** DeleteRoute: `InvalidRoute.NotFound`. */
export function deleteRoute(
  state: State,
  input: { readonly routeTableId: string; readonly destination: string },
  context: Context,
): Decided<null> {
  const table = getThing(state, context, 'routeTable', input.routeTableId);
  const destination = readDestination(state, context, table, input.destination);
  const routes = table.routes.filter((route) => route.destination !== destination);
  if (routes.length === table.routes.length)
    throw ec2Refusal(
      'InvalidRoute.NotFound',
      `no route with destination-cidr-block ${destination} in route table ${table.id}`,
    );
  return keepChanged({ ...table, routes }, context);
}

/** A destination as it is stored, host bits cleared. The VPC's own ranges have their local routes. */
function readDestination(state: State, caller: Caller, table: RouteTable, text: string): string {
  if (text.startsWith('pl-')) return getPrefixList(state, caller, text).id;
  const [address = '', prefix = ''] = text.split('/');
  const parsed = parseAddress(address);
  const bits = parsed?.family === 4 ? 32 : 128;
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
  if (parsed === undefined || length > bits)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${text.slice(0, 64)}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    );
  const host = BigInt(bits - length);
  const range = formatCidr({ family: parsed.family, base: (parsed.value >> host) << host, prefix: length });
  const vpc = findThing(state, caller, 'vpc', table.vpcId);
  if (vpc?.cidrs.includes(range) === true || vpc?.ipv6Cidrs?.includes(range) === true)
    throw ec2Refusal('InvalidParameterValue', `The route ${range} is local and cannot be changed.`);
  return range;
}

const thingsOfTargets = {
  egressOnlyInternetGateway: 'egressOnlyInternetGateway',
  natGateway: 'natGateway',
  networkInterface: 'networkInterface',
  instance: 'instance',
} as const;

/** What is known here must be there; an internet gateway must be attached to the VPC. What is of no kind here is kept as it is given. */
function checkTarget(state: State, caller: Caller, table: RouteTable, target: RouteTarget): RouteTarget {
  const { kind, id } = target;
  if (kind === 'gateway') {
    if (id.startsWith('vgw-')) return target;
    const gateway = getThing(state, caller, 'internetGateway', id);
    if (gateway.vpcKey === table.vpcKey) return target;
    throw ec2Refusal(
      'InvalidParameterValue',
      `route table ${table.id} and network gateway ${id} belong to different networks`,
    );
  }
  if (kind in thingsOfTargets) getThing(state, caller, thingsOfTargets[kind as keyof typeof thingsOfTargets], id);
  return target;
}

/** AssociateRouteTable: `Resource.AlreadyAssociated` for a subnet that has a table of its own. Result: the association's id. */
export function associateRouteTable(
  state: State,
  input: { readonly routeTableId: string; readonly subnetId: string },
  context: Context,
): Decided<string> {
  const table = getThing(state, context, 'routeTable', input.routeTableId);
  const subnet = getThing(state, context, 'subnet', input.subnetId);
  if (subnet.vpcKey !== table.vpcKey)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Route table ${table.id} and subnet ${subnet.id} belong to different networks`,
    );
  const other = tablesOf(state, context)
    .flatMap(({ associations }) => associations)
    .find(({ subnetId }) => subnetId === subnet.id);
  if (other !== undefined)
    throw ec2Refusal(
      'Resource.AlreadyAssociated',
      `the specified association for route table ${table.id} conflicts with an existing association`,
    );
  const id = newId('rtbassoc', context.random);
  const associations = [...table.associations, { id, subnetId: subnet.id }];
  return { ...keepChanged({ ...table, associations }, context), result: id };
}

/** DisassociateRouteTable: the main association stays. */
export function disassociateRouteTable(
  state: State,
  { associationId }: { readonly associationId: string },
  context: Context,
): Decided<null> {
  const table = getTableOf(state, context, associationId);
  if (table.mainAssociationId === associationId)
    throw ec2Refusal('InvalidParameterValue', `cannot disassociate the main route table association ${associationId}`);
  const associations = table.associations.filter(({ id }) => id !== associationId);
  return keepChanged({ ...table, associations }, context);
}

/** ReplaceRouteTableAssociation, of a subnet or of the main table. Result: the new association's id. */
export function replaceRouteTableAssociation(
  state: State,
  input: { readonly associationId: string; readonly routeTableId: string },
  context: Context,
): Decided<string> {
  const before = getTableOf(state, context, input.associationId);
  const after = getThing(state, context, 'routeTable', input.routeTableId);
  if (before.vpcKey !== after.vpcKey)
    throw ec2Refusal('InvalidParameterValue', `Route tables ${before.id} and ${after.id} belong to different networks`);
  const id = newId('rtbassoc', context.random);
  const isMain = before.mainAssociationId === input.associationId;
  const { mainAssociationId: _gone, ...rest } = before;
  const moved = before.associations.find((one) => one.id === input.associationId);
  const left: RouteTable = isMain
    ? rest
    : { ...before, associations: before.associations.filter((one) => one !== moved) };
  const found = before.id === after.id ? left : after;
  const got: RouteTable =
    moved === undefined
      ? { ...found, mainAssociationId: id }
      : { ...found, associations: [...found.associations, { id, subnetId: moved.subnetId }] };
  const changes: Change[] = [put('vpcPart', left), put('vpcPart', { ...got, lastUpdatedAt: context.now })];
  return { changes, result: id };
}

function tablesOf(state: State, caller: Caller): readonly RouteTable[] {
  return recordsBy(state, 'vpcPart', 'owned', ownedIndexValue('routeTable', caller)).filter(
    (part) => part.type === 'routeTable',
  );
}

function getTableOf(state: State, caller: Caller, associationId: string): RouteTable {
  const table = tablesOf(state, caller).find(
    ({ associations, mainAssociationId }) =>
      mainAssociationId === associationId || associations.some(({ id }) => id === associationId),
  );
  if (table !== undefined) return table;
  throw ec2Refusal(
    'InvalidAssociationID.NotFound',
    `The association ID '${associationId.slice(0, 255)}' does not exist`,
  );
}

/** The route table of a subnet: its own, or the main one. */
export function findTableOfSubnet(state: State, caller: Caller, subnetId: string): RouteTable | undefined {
  const own = tablesOf(state, caller).find(({ associations }) => associations.some((one) => one.subnetId === subnetId));
  const subnet = findThing(state, caller, 'subnet', subnetId);
  return own ?? (subnet && findMainTable(state, subnet.vpcKey));
}

/** Whether what a route leads to is there (`active`), or was once (`blackhole`). */
export function isRouteActiveOf(state: State, caller: Caller, { target: { id } }: Route): boolean {
  const thing = thingOfId(id);
  return thing === undefined || findThing(state, caller, thing, id) !== undefined;
}
