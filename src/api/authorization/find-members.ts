// The texts that members of an input hold, by their path.

/** An input after validation: any member may be absent. */
export type Input = Readonly<Record<string, unknown>>;

/** The texts at `path` (`SubnetId`, `NetworkInterfaces.SubnetId`), through every item of the lists on the way. */
export function findMembers(input: Input, path: string): readonly string[] {
  let found: readonly unknown[] = [input];
  for (const name of path.split('.')) found = found.flatMap((one) => listed(memberOf(one, name)));
  return found.filter((one) => typeof one === 'string');
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : [];
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
