// Names before ids: rooms tell of VPCs and instances by ids, which do not change; people know them by their names.

import type { Snapshot } from '../snapshot/index.ts';
import { formatNamed } from './format-named.ts';

/** Makes what puts the names of VPCs and instances before their ids in a sentence: `vpc-1` becomes `shop (vpc-1)`. Ids in parentheses, in names of sockets and of unknown things stay as they are. */
export function createNamer({ vpcs }: Pick<Snapshot, 'vpcs'>): (sentence: string) => string {
  const names = new Map<string, string>();
  for (const { id, name, instances } of vpcs.values()) {
    if (name !== undefined) names.set(id, name);
    for (const instance of instances) names.set(instance.id, instance.name);
  }
  return (sentence) =>
    sentence.replace(/(?<![\w(/.-])(?:vpc|i)-\w+(?![\w/-])/g, (id) => formatNamed(names.get(id), id));
}
