// Tags of VPC Lattice resources.

export { tagResource, tagsOf, untagResource } from './tag.ts';
