// Ids of record sets, whose order is the one in which Route 53 lists them.

import { reversedName } from '../hosted-zone/zone-name.ts';

/** The id of a record set. The space behind each part is less than whatever a longer part goes on with. */
export function recordSetId(zoneId: string, name: string, type: string, setIdentifier = ''): string {
  return `${zoneId}/${reversedName(name)} ${type} ${setIdentifier} `;
}

/** What is less than every id of the zone whose name (type, identifier) is not before this one. */
export function recordSetIdFrom(zoneId: string, name: string, type?: string, setIdentifier?: string): string {
  const from = `${zoneId}/${reversedName(name)}`;
  if (type === undefined) return from;
  return setIdentifier === undefined ? `${from} ${type}` : `${from} ${type} ${setIdentifier}`;
}
