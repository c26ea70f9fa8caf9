// What a look at many namespaces saw, on its way from the process that looked, and what it comes to. Pure.

import { emptyRuleset, type RulesetState } from './ruleset.ts';
import type { SeenLink } from './read-routing.ts';
import type { LinkState, ObservedNetwork } from './state.ts';

/** One namespace. Texts are as in `NamespaceState`. */
export interface SeenNamespace {
  readonly name: string;
  readonly links: readonly SeenLink[];
  /** The names of namespaces in which links have their other ends, by the ids that they have in this one. */
  readonly neighbours: readonly (readonly [id: number, name: string])[];
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  readonly sysctls: readonly (readonly [path: string, value: string])[];
  readonly filter: RulesetState;
}

/** As a text; `parseSeen` reads it. */
export function formatSeen(seen: readonly SeenNamespace[]): string {
  return JSON.stringify(
    seen.map((one) => ({
      ...one,
      filter: { ...one.filter, sets: [...one.filter.sets].map(([set, elements]) => [set, [...elements]]) },
    })),
  );
}

/** Devices that modules of the kernel put into every new namespace; they cannot be deleted. */
const kernelLinks = new Set([
  ...['tunl0', 'gre0', 'gretap0', 'erspan0', 'sit0', 'ip6tnl0', 'ip6gre0', 'ip_vti0', 'ip6_vti0', 'teql0'],
]);

/** The observation that `formatSeen` wrote. */
export function parseSeen(text: string): ObservedNetwork {
  const seen = JSON.parse(text) as readonly (Omit<SeenNamespace, 'filter'> & {
    readonly filter: Omit<RulesetState, 'sets'> & { readonly sets: readonly (readonly [string, readonly string[]])[] };
  })[];
  const names = new Map(seen.map(({ name, links }) => [name, new Map(links.map((link) => [link.index, link.name]))]));
  return new Map(
    seen.map(({ name, links, neighbours, addresses, routes, rules, sysctls, filter }) => {
      const where = new Map(neighbours);
      const ours = links.filter((link) => !kernelLinks.has(link.name));
      const states = ours.map(({ name: link, up, other }): readonly [string, LinkState] => {
        const space = other?.namespaceId === undefined ? name : where.get(other.namespaceId);
        const end = other === undefined || space === undefined ? undefined : names.get(space)?.get(other.index);
        return [link, end === undefined ? { up } : { up, peer: `${space}/${end}` }];
      });
      const sets = new Map(filter.sets.map(([set, elements]) => [set, new Set(elements)]));
      return [
        name,
        {
          links: new Map(states),
          addresses: new Set(addresses),
          routes: new Set(routes),
          rules: new Set(rules),
          sysctls: new Map(sysctls),
          filter: { ...emptyRuleset, ...filter, sets },
        },
      ];
    }),
  );
}

/** All other names, those first with which the namespace `name` is linked as a rule: its router, its workloads, the core. */
export function* relatedNames(name: string, all: readonly string[]): Iterable<string> {
  const near = (other: string): boolean =>
    name.startsWith(`${other}-`) || other.startsWith(`${name}-`) || other.endsWith('-core');
  for (const other of all) if (other !== name && near(other)) yield other;
  for (const other of all) if (other !== name && !near(other)) yield other;
}
