// Route 53 as the protocol server sees it.

import { integer, oneOf, text, type ServiceDefinition } from '../../aws/index.ts';

/** restXml, API version 2013-04-01; sizes as the service model has them. */
export const route53Definition: ServiceDefinition = {
  id: 'route53',
  protocol: 'restXml',
  signingName: 'route53',
  globalRegion: 'us-east-1',
  xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
  invalidInput: 'InvalidInput',
  load: () => import('@aws-sdk/client-route-53'),
  constraints: {
    shapes: {
      ChangeAction: oneOf('CREATE', 'DELETE', 'UPSERT'),
      DNSName: text(0, 1024),
      HostedZoneType: oneOf('PrivateHostedZone'),
      // With the path that clients put before ids (`/hostedzone/`).
      ResourceId: text(1, 48),
      Nonce: text(1, 128),
      RData: text(0, 4000),
      ResourceDescription: text(0, 256),
      SetIdentifier: text(1, 128),
      TTL: integer(0, 2_147_483_647),
      TagKey: text(1, 128),
      TagResourceType: oneOf('healthcheck', 'hostedzone'),
      TagValue: text(0, 256),
      VPCId: text(0, 1024),
      VPCRegion: text(1, 64),
      Weight: integer(0, 255),
    },
    any: {
      AddTags: { list: [1, 10] },
      CallerReference: 'Nonce',
      Comment: 'ResourceDescription',
      DNSName: 'DNSName',
      HostedZoneId: 'ResourceId',
      HostedZoneType: 'HostedZoneType',
      Id: 'ResourceId',
      Name: 'DNSName',
      RemoveTagKeys: { list: [1, 10], of: 'TagKey' },
      ResourceIds: { list: [1, 10] },
      ResourceType: 'TagResourceType',
      SetIdentifier: 'SetIdentifier',
      TTL: 'TTL',
      VPCId: 'VPCId',
      VPCRegion: 'VPCRegion',
      Weight: 'Weight',
    },
    structures: {
      Change: { Action: 'ChangeAction' },
      ChangeBatch: { Changes: { list: [1, 1000] } },
      ResourceRecord: { Value: 'RData' },
      Tag: { Key: 'TagKey', Value: 'TagValue' },
    },
  },
};
