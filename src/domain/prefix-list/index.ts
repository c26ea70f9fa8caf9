// Prefix lists of customers.

export { createPrefixList, deletePrefixList, modifyPrefixList, restorePrefixList } from './prefix-list.ts';
