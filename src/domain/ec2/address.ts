// The addresses of subnets: which are taken, and which one is free. Network interfaces alone take them.

import { cidrAddress, cidrContains, cidrSize, parseAddress, parseCidr, type Cidr } from '../../base/cidr.ts';
import type { Subnet } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { addressIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';
import { addressesOfPrefix } from '../ec2-uses.ts';

type Place = Pick<Subnet, 'id' | 'cidr' | 'vpcKey'>;

/** EC2 keeps the first four addresses of a subnet and its last one (VPC User Guide: Subnet CIDR blocks). */
const FIRST_FREE = 4;

function rangeOf({ id, cidr }: Place): Cidr {
  const range = parseCidr(cidr);
  if (range === undefined) throw new Error(`the range ${cidr} of ${id} cannot be read`);
  return range;
}

function isTaken(state: State, { vpcKey }: Place, address: string): boolean {
  return state.indexes.interfacesByAddress.has(addressIndexValue(vpcKey, address));
}

/** The lowest free address of a subnet, that comes behind `after` when it is given; `InsufficientFreeAddressesInSubnet` when there is none. */
export function findFreeAddress(
  state: State,
  subnet: Place,
  except: ReadonlySet<string> = new Set(),
  after?: string,
): string {
  const range = rangeOf(subnet);
  const size = Number(cidrSize(range));
  const last = after === undefined ? undefined : parseAddress(after);
  const first = last === undefined ? FIRST_FREE : Math.max(FIRST_FREE, Number(last.value - range.base) + 1);
  for (let index = first; index < size - 1; index++) {
    const address = cidrAddress(range, index);
    if (!except.has(address) && !isTaken(state, subnet, address)) return address;
  }
  throw ec2Refusal(
    'InsufficientFreeAddressesInSubnet',
    `The specified subnet '${subnet.id}' does not have enough free addresses to satisfy the request.`,
  );
}

/** Refuses an address that is not of the subnet, reserved (`InvalidParameterValue`) or taken (`InvalidIPAddress.InUse`). */
export function checkFreeAddress(state: State, subnet: Place, address: string): void {
  const range = rangeOf(subnet);
  if (!cidrContains(range, address))
    throw ec2Refusal(
      'InvalidParameterValue',
      `Address ${address.slice(0, 64)} does not fall within the subnet's address range`,
    );
  const size = Number(cidrSize(range));
  if ([0, 1, 2, 3, size - 1].some((index) => cidrAddress(range, index) === address))
    throw ec2Refusal('InvalidParameterValue', `Address ${address} is in subnet's reserved address range`);
  if (isTaken(state, subnet, address)) throw ec2Refusal('InvalidIPAddress.InUse', `Address ${address} is in use.`);
}

/** The lowest /28 of a subnet in which nothing is taken or reserved; `InsufficientCidrBlocks` when there is none. */
export function findFreePrefix28(state: State, subnet: Place): string {
  const range = rangeOf(subnet);
  const size = Number(cidrSize(range));
  for (let index = 0; index + 16 <= size; index += 16) {
    const prefix = `${cidrAddress(range, index)}/28`;
    // The first and the last /28 hold reserved addresses.
    if (index === 0 || index + 16 === size) continue;
    if (addressesOfPrefix(prefix).every((address) => !isTaken(state, subnet, address))) return prefix;
  }
  throw ec2Refusal(
    'InsufficientCidrBlocks',
    `The specified subnet '${subnet.id}' does not have enough free CIDR blocks to satisfy the request.`,
  );
}

/** How many addresses of a subnet are free for use: all but the five that EC2 keeps and those that interfaces have. */
export function countFreeAddresses(state: State, subnet: Subnet): number {
  const range = rangeOf(subnet);
  const taken = recordsBy(state, 'networkInterface', 'interfacesByVpc', subnet.vpcKey)
    .flatMap(({ addresses, ipv4Prefixes }) => [...addresses, ...ipv4Prefixes.flatMap(addressesOfPrefix)])
    .filter((address) => cidrContains(range, address));
  return Number(cidrSize(range)) - FIRST_FREE - 1 - taken.length;
}
