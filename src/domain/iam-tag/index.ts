// Tags of what IAM has.

export { getIamTags, tagIam, untagIam, type IamTagged } from './iam-tag.ts';
