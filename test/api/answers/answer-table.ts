// What VPC Lattice answers to each of its operations, member by member: written from AWS's published model and examples, never from our own answers.

import type { AnswerRow } from './answer-row.ts';
import { resourceAnswers } from './resource-answers.ts';
import { serviceAnswers } from './service-answers.ts';

/** Every operation's answer. Sources: the service model (output shapes and codes); AWS CLI's examples and clients' sources where a line says so. */
export const answers: Readonly<Record<string, AnswerRow>> = { ...serviceAnswers, ...resourceAnswers };

/** Members of the model that no answer here has, and why. */
export const absentMembers: Readonly<Record<string, string>> = {
  'CreateResourceConfiguration.failureReason': 'a new configuration has not failed',
  'GetDomainVerification.lastVerifiedTime': 'the TXT record is not looked for yet',
  'GetResourceGateway.managedBy': 'no AWS service manages a gateway here',
  'ListDomainVerifications.lastVerifiedTime': 'the TXT record is not looked for yet',
  'ListResourceEndpointAssociations.payerResponsibility': 'nothing is charged here',
};
