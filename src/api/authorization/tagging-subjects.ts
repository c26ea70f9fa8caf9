// What each operation of the Resource Groups Tagging API is about: itself, and the tagging of each resource by its own service.

import { findTaggable } from '../../domain/tag/index.ts';
import type { SubjectsOf } from './authorize.ts';
import { ec2Key } from './ec2-keys.ts';

/** The actions of the services whose resources can be tagged here. */
const actions: Readonly<Record<string, readonly [tag: string, untag: string]>> = {
  'vpc-lattice': ['vpc-lattice:TagResource', 'vpc-lattice:UntagResource'],
  ec2: ['ec2:CreateTags', 'ec2:DeleteTags'],
};

/** As for the others `tag:` and the operation's name, and what the service of each resource asks for it (Service Authorization Reference: Tagging). */
export const taggingSubjects: SubjectsOf = (operation, input, call, state) => {
  const own = { action: `tag:${operation}`, resource: '*' };
  if (operation !== 'TagResources' && operation !== 'UntagResources') return [own];
  const {
    ResourceARNList: arns,
    Tags,
    TagKeys,
  } = input as {
    readonly ResourceARNList: readonly string[];
    readonly Tags?: Readonly<Record<string, string>>;
    readonly TagKeys?: readonly string[];
  };
  const place = operation === 'TagResources' ? 0 : 1;
  const more = {
    ...(Tags === undefined ? {} : { requestTags: Tags }),
    tagKeys: TagKeys ?? Object.keys(Tags ?? {}),
  };
  const each = arns.flatMap((arn) => {
    const action = actions[arn.split(':')[2] ?? '']?.[place];
    if (action === undefined) return [];
    const record = findTaggable(state, call, arn)?.record;
    const known = record === undefined ? {} : { resourceTags: record.tags };
    const facts = record === undefined ? {} : { record };
    return [{ action, resource: arn, ...more, ...known, key: (name: string) => ec2Key(name, facts, call, state) }];
  });
  return [own, ...each];
};
