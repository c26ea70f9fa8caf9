// Associations and attachments by their ids alone.

export { findHolders, type AssociationKind, type Holder } from './find-holders.ts';
