// Domain verifications: begin one, forget it, and what becomes of one that is never proved.

import type { Context, Decided } from '../decision.ts';
import { canonicalDomain, isDomainName } from '../domain-name.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, newId } from '../identifiers.ts';
import { checkQuota } from '../quotas.ts';
import type { Tags } from '../records/base.ts';
import type { DomainVerification } from '../records/resource.ts';
import { checkFields, conflict } from '../refusal.ts';
import { nameIndexValue, ownedIndexValue, ownerOf } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { wrongTags } from '../tag/check-tags.ts';

export interface StartDomainVerificationInput {
  readonly domainName: string;
  readonly tags?: Tags;
}

/** What is wrong with the input of StartDomainVerification. */
export const judgeDomainVerification: Judge<StartDomainVerificationInput> = (_state, { domainName = '', tags }) => {
  const wrongName = { name: 'domainName', message: `${domainName} is not a domain name` };
  return [...(isDomainName(domainName) ? [] : [wrongName]), ...wrongTags(tags)];
};

/**
 * StartDomainVerification: PENDING until the TXT record is seen or its time is over. Refused while another verification of
 * the domain is pending or has succeeded.
 */
export function startDomainVerification(
  state: State,
  input: StartDomainVerificationInput,
  context: Context,
): Decided<DomainVerification> {
  const { account, region, now, random } = context;
  const { domainName } = input;
  checkFields(judgeDomainVerification(state, input, context));
  const name = nameIndexValue('domainVerification', ownerOf(context), canonicalDomain(domainName));
  const existing = recordsBy(state, 'domainVerification', 'names', name).find(
    (one) => one.status !== 'VERIFICATION_TIMED_OUT',
  );
  if (existing !== undefined)
    throw conflict(
      'DOMAIN_VERIFICATION',
      existing.id,
      `The domain ${domainName} already has the verification ${existing.id}, which is ${existing.status}.`,
    );
  checkQuota(
    context,
    'domainVerifications',
    () => countBy(state, 'owned', ownedIndexValue('domainVerification', context)) + 1,
  );
  const id = newId('dv', random);
  const verification: DomainVerification = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `domainverification/${id}`),
    domainName,
    status: 'PENDING',
    // The forms of both are AWS's (User Guide: Domain verification); nobody else can know the random parts beforehand.
    txtName: `_${random.hex(16)}.${canonicalDomain(domainName)}`,
    txtValue: `vpc-lattice:${random.hex(16)}`,
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('domainVerification', verification)], result: verification };
}

/** DeleteDomainVerification: what uses it stays as it is. */
export function deleteDomainVerification(
  state: State,
  input: { readonly domainVerificationIdentifier: string },
  context: Context,
): Decided<null> {
  const verification = getResource(state, context, 'domainVerification', input.domainVerificationIdentifier);
  return { changes: [remove('domainVerification', verification)], result: null };
}
