// STS as the protocol server sees it.

import { integer, text, type ServiceDefinition } from '../../aws/index.ts';

/** query, API version 2011-06-15; sizes as the service model has them. */
export const stsDefinition: ServiceDefinition = {
  id: 'sts',
  protocol: 'query',
  signingName: 'sts',
  version: '2011-06-15',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  unsigned: ['AssumeRoleWithWebIdentity'],
  load: () => import('@aws-sdk/client-sts'),
  constraints: {
    shapes: {
      accessKeyIdType: text(16, 128, '[\\w]*'),
      arnType: text(20, 2048, '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD]+'),
      clientTokenType: text(4, 20_000),
      externalIdType: text(2, 1224, '[\\w+=,.@:\\/-]*'),
      roleDurationSecondsType: integer(900, 43_200),
      serialNumberType: text(9, 256, '[\\w+=/:,.@-]*'),
      sessionDurationType: integer(900, 129_600),
      sessionNameType: text(2, 64, '[\\w+=,.@-]*'),
      sessionPolicyType: text(1, 2048, '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+'),
      tagKeyType: text(1, 128),
      tagValueType: text(0, 256),
      tokenCodeType: text(6, 6, '[\\d]*'),
    },
    any: {
      AccessKeyId: 'accessKeyIdType',
      ExternalId: 'externalIdType',
      Key: 'tagKeyType',
      Policy: 'sessionPolicyType',
      PolicyArns: { list: [0, 10] },
      RoleArn: 'arnType',
      RoleSessionName: 'sessionNameType',
      SerialNumber: 'serialNumberType',
      SourceIdentity: 'sessionNameType',
      Tags: { list: [0, 50] },
      TokenCode: 'tokenCodeType',
      TransitiveTagKeys: { list: [0, 50], of: 'tagKeyType' },
      Value: 'tagValueType',
      WebIdentityToken: 'clientTokenType',
      arn: 'arnType',
    },
    structures: {
      AssumeRoleRequest: { DurationSeconds: 'roleDurationSecondsType' },
      AssumeRoleWithWebIdentityRequest: { DurationSeconds: 'roleDurationSecondsType' },
      GetSessionTokenRequest: { DurationSeconds: 'sessionDurationType' },
    },
  },
};
