// Random calls around hosted zones.

import {
  associateVpc,
  authorizeVpc,
  changeZoneTags,
  createHostedZone,
  deleteHostedZone,
  disassociateVpc,
  revokeVpcAuthorization,
  updateHostedZoneComment,
  type ZoneVpcInput,
} from '../../src/domain/hosted-zone/index.ts';
import { changeRecordSets, type RecordSetChange } from '../../src/domain/record-set/index.ts';
import { GLOBAL_REGION } from '../../src/domain/records/base.ts';
import { callOf, type Hand, type Word } from './hand.ts';

const zoneId = (hand: Hand, n: number): string => hand.at(GLOBAL_REGION).id('hostedZone', n);

/** An authorization that some zone of the caller has. */
function authorizedIn(hand: Hand, n: number): ZoneVpcInput | undefined {
  for (let i = 0; i < 4; i++) {
    const zone = hand.at(GLOBAL_REGION).own('hostedZone', n + i);
    const [vpc] = zone?.authorizations ?? [];
    if (zone !== undefined && vpc !== undefined) return { id: zone.id, vpc: { vpcId: vpc.vpcId, region: vpc.region } };
  }
  return undefined;
}

function vpcOf(hand: Hand, zone: number, vpc: number): ZoneVpcInput {
  return { id: zoneId(hand, zone), vpc: { vpcId: hand.id('vpc', vpc), region: hand.caller.region } };
}

/** A change of one of a few names, types and parts of a zone. */
function recordSetChange(zone: string, a: number, b: number): RecordSetChange {
  const actions = ['CREATE', 'UPSERT', 'DELETE'] as const;
  const weighted = b % 5 === 0;
  const set = [
    { type: 'A', values: [`192.0.2.${a % 2}`] },
    { type: 'TXT', values: ['"x"'] },
    { type: 'CNAME', values: ['x.example.org'] },
  ][b % 3];
  return {
    action: actions[a % 3] ?? 'CREATE',
    name: `${['a', 'b', '*'][b % 3]}.${zone}`,
    ...{ type: 'A', ...set },
    ttl: 60,
    ...(weighted ? { setIdentifier: `s${a % 2}`, weight: a } : {}),
    otherRouting: [],
  };
}

/** The words. */
export const zoneWords: readonly Word[] = [
  (hand, a, b) =>
    callOf(createHostedZone, {
      name: ['corp.example', 'example.com', 'x.corp.example'][a % 3] ?? '',
      callerReference: `r-${(a * 7 + b) % 50}`,
      ...(b % 3 === 0 ? {} : { vpc: { vpcId: hand.id('vpc', b), region: hand.caller.region } }),
    }),
  (hand, a) => callOf(deleteHostedZone, { id: zoneId(hand, a) }),
  (hand, a, b) => callOf(updateHostedZoneComment, { id: zoneId(hand, a), ...(b % 2 === 0 ? {} : { comment: 'x' }) }),
  (hand, a, b) => callOf(associateVpc, vpcOf(hand, a, b)),
  (hand, a, b) => callOf(disassociateVpc, vpcOf(hand, a, b)),
  (hand, a, b) => callOf(authorizeVpc, vpcOf(hand, a, b % 4)),
  (hand, a, b) => callOf(revokeVpcAuthorization, authorizedIn(hand, a) ?? vpcOf(hand, a, b % 4)),
  (hand, a, b) => callOf(changeZoneTags, { id: zoneId(hand, a), added: { [`k${b % 3}`]: 'v' }, removed: ['k0'] }),
  (hand, a, b, c) => {
    const id = zoneId(hand, a);
    const name = hand.at(GLOBAL_REGION).one('hostedZone', id)?.name ?? 'corp.example';
    const changes =
      b % 4 === 0 ? [recordSetChange(name, b, c), recordSetChange(name, c, b)] : [recordSetChange(name, c, b)];
    return callOf(changeRecordSets, { zoneId: id, changes });
  },
];
