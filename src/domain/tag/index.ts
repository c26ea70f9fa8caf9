// Tags of resources of VPC Lattice and EC2.

export { judgeTags } from './check-tags.ts';
export { tagResource, tagResources, tagsOf, untagResource, untagResources, type FailedResources } from './tag.ts';
export { findTaggable, taggedResources, type TaggedResource } from './taggable.ts';
