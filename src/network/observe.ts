// What the kernel says about our namespaces, read into plain data.

import { namespacePath } from './names.ts';
import { parseRuleset, type RulesetState } from './ruleset.ts';
import type { Run } from './run.ts';
import { watchedSysctls, type LinkState, type NamespaceState, type ObservedNetwork } from './state.ts';

const separator = '@@';

/** What is asked inside of a namespace, in one process start; each answer ends with a line of `separator`. */
const questions = [
  'ip -j addr show',
  'ip -j netns list-id',
  'ip -j -4 route show table all',
  'ip -j -6 route show table all',
  'ip -j -4 rule show',
  'nft -j list ruleset',
  watchedSysctls.map((path) => `cat /proc/sys/${path}`).join('; '),
]
  .map((question) => `${question}; echo; echo ${separator}`)
  .join('; ');

/** The answers of one namespace as text, in the order of the questions. */
export type NamespaceAnswers = readonly string[];

/** The names of all namespaces of the machine. */
export async function namespaceNames(run: Run): Promise<readonly string[]> {
  const list = parseJson(await run({ argv: ['ip', '-j', 'netns'] })) as readonly { readonly name: string }[];
  return list.map(({ name }) => name);
}

/** Looks at every namespace whose name begins with `prefix`. */
export async function observe(prefix: string, run: Run): Promise<ObservedNetwork> {
  const names = (await namespaceNames(run)).filter((name) => name.startsWith(prefix));
  const answers = await Promise.all(
    names.map(async (name): Promise<readonly [string, NamespaceAnswers]> => {
      const text = await run({ argv: ['nsenter', `--net=${namespacePath(name)}`, 'sh', '-c', questions] });
      return [name, text.split(`\n${separator}\n`)];
    }),
  );
  return parseObservation(new Map(answers));
}

interface RawLink {
  readonly ifindex: number;
  readonly ifname: string;
  /** The other end when it is in the same namespace; else index and namespace id. */
  readonly link?: string;
  readonly link_index?: number;
  readonly link_netnsid?: number;
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

interface RawRoute {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly table?: string;
  readonly protocol?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly flags?: readonly string[];
}

interface RawRule {
  readonly priority: number;
  readonly src: string;
  readonly srclen?: number;
  readonly table?: string;
}

/** Reads the answers of all namespaces (by full name) into one observation. Throws when an answer cannot be read. */
export function parseObservation(answers: ReadonlyMap<string, NamespaceAnswers>): ObservedNetwork {
  const raw = new Map(
    [...answers].map(([name, [links = '', ids = '']]) => [
      name,
      {
        links: parseJson(links) as readonly RawLink[],
        ids: parseJson(ids) as readonly { readonly nsid: number; readonly name?: string }[],
      },
    ]),
  );
  const peerOf = (name: string, { link: beside, link_index: index, link_netnsid: id }: RawLink): string | undefined => {
    if (beside !== undefined) return `${name}/${beside}`;
    const peer = raw.get(name)?.ids.find(({ nsid }) => nsid === id)?.name;
    const link = raw.get(peer ?? '')?.links.find(({ ifindex }) => ifindex === index);
    return peer === undefined || link === undefined ? undefined : `${peer}/${link.ifname}`;
  };
  return new Map(
    [...answers].map(([name, texts]) => {
      const links = raw.get(name)?.links ?? [];
      const ours = links.filter(({ ifname }) => !kernelLinks.has(ifname));
      const peers = new Map(
        ours.map((link): [string, LinkState] => {
          const peer = peerOf(name, link);
          return [link.ifname, { up: link.flags.includes('UP'), ...(peer === undefined ? {} : { peer }) }];
        }),
      );
      return [name, parseNamespace(peers, links, texts)];
    }),
  );
}

/** Devices that modules of the kernel put into every new namespace; they cannot be deleted. */
const kernelLinks = new Set([
  ...['tunl0', 'gre0', 'gretap0', 'erspan0', 'sit0', 'ip6tnl0', 'ip6gre0', 'ip_vti0', 'ip6_vti0', 'teql0'],
]);

function parseNamespace(
  links: ReadonlyMap<string, LinkState>,
  raw: readonly RawLink[],
  [, , routes4 = '', routes6 = '', rules = '', filter = '', settings = '']: NamespaceAnswers,
): NamespaceState<RulesetState> {
  const addresses = raw.flatMap(({ ifname, addr_info: list }) =>
    list.filter(({ scope }) => scope === 'global').map(({ local, prefixlen }) => `${ifname} ${local}/${prefixlen}`),
  );
  const routes = [...(parseJson(routes4) as readonly RawRoute[]), ...(parseJson(routes6) as readonly RawRoute[])];
  return {
    links,
    addresses: new Set(addresses),
    routes: new Set(routes.filter(({ protocol }) => protocol !== 'kernel').map(formatRoute)),
    rules: new Set((parseJson(rules) as readonly RawRule[]).map(formatRule)),
    sysctls: new Map(
      settings
        .trim()
        .split('\n')
        .map((value, i) => [watchedSysctls[i] ?? '', value.replaceAll(/\s+/g, ' ').trim()]),
    ),
    filter: parseRuleset(filter),
  };
}

function formatRoute({ type, dst, gateway, dev, table, prefsrc, metric, flags }: RawRoute): string {
  const parts = [
    type,
    dst,
    gateway === undefined ? undefined : `via ${gateway}`,
    dev === undefined ? undefined : `dev ${dev}`,
    flags?.includes('onlink') === true ? 'onlink' : undefined,
    table === undefined ? undefined : `table ${table}`,
    prefsrc === undefined ? undefined : `src ${prefsrc}`,
    // 1024 is what IPv6 routes get when none is given.
    metric === undefined || metric === 1024 ? undefined : `metric ${metric}`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

function formatRule(rule: RawRule): string {
  const { priority, src, srclen, table, ...rest } = rule;
  if (table === undefined || Object.keys(rest).length > 0) return `pref ${priority}`;
  return `from ${src}${srclen === undefined ? '' : `/${srclen}`} lookup ${table} pref ${priority}`;
}

/** `ip -j` prints nothing at all for some empty lists. */
function parseJson(text: string): unknown {
  return text.trim() === '' ? [] : JSON.parse(text);
}
