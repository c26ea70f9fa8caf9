// What the operations of STS are about: those that begin sessions decide for themselves, with the role's trust policy.

import type { SubjectsOf } from './authorize.ts';

/** Nobody needs leave for GetCallerIdentity and GetSessionToken (STS API); GetAccessKeyInfo is an action as others are (Service Authorization Reference: STS). */
export const stsSubjects: SubjectsOf = (operation) =>
  operation === 'GetAccessKeyInfo' ? [{ action: 'sts:GetAccessKeyInfo', resource: '*' }] : [];
