// DescribeAvailabilityZones.

import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { describeZones, zoneId } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readEc2 } from './read-ec2.ts';
import { readFilters } from './tags.ts';

/** Lists the zones of the region by name, id and filter. */
export const describeAvailabilityZones = readEc2(
  'DescribeAvailabilityZones',
  (state, request: Valid<DescribeAvailabilityZonesRequest>, call): Wire<DescribeAvailabilityZonesResult> => {
    const { ZoneNames = [], ZoneIds = [], Filters } = request;
    const zones = describeZones(state, call, readFilters(Filters));
    const known = describeZones(state, call, {});
    for (const name of ZoneNames) if (!known.includes(name)) throw unknownZone(name);
    for (const id of ZoneIds) if (!known.some((name) => zoneId(name) === id)) throw unknownZone(id);
    return {
      AvailabilityZones: zones
        .filter((name) => ZoneNames.length === 0 || ZoneNames.includes(name))
        .filter((name) => ZoneIds.length === 0 || ZoneIds.includes(zoneId(name)))
        .map((name) => describeZone(call.region, name)),
    };
  },
);

function describeZone(region: string, name: string): Wire<AvailabilityZone> {
  return {
    ...{ ZoneName: name, ZoneId: zoneId(name), RegionName: region, GroupName: region, NetworkBorderGroup: region },
    ...{ State: 'available', OptInStatus: 'opt-in-not-required', ZoneType: 'availability-zone', Messages: [] },
  };
}

function unknownZone(zone: string): ServiceError {
  return new ServiceError('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
}
