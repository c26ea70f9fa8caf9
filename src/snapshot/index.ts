// The immutable form that data planes obey.

export * from './types.ts';
export { changedIds, changeTable } from './table.ts';
export { applyDelta, diffSnapshots, emptySnapshot, tableNames, type Delta } from './snapshot.ts';
export {
  apiAddress,
  apiAddressIn,
  apiName,
  isApiAddress,
  componentAddresses,
  componentIpv4,
  DNS_TTL,
  doorAddresses,
  nameThrough,
  serviceZone,
  type AddressPair,
  embeddedIpv6,
  loopbackComponentAddress,
  loopbackWorkloadAddress,
  vpcAddressOfLoopback,
} from './addresses.ts';
export { askGroups, membersByGroup, portsOf, type GroupMember, type GroupsVerdict } from './security-rules.ts';
