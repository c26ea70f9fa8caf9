// From what is desired and what is observed to the commands that make them equal. Pure.

import { isJoinedName, namespacePath } from './names.ts';
import { emptyRuleset, formatRuleset, formatSetChange, formatTableRemoval, shapeOf, tableOf } from './ruleset.ts';
import type { Ruleset, RulesetState } from './ruleset.ts';
import { formatScript } from './script.ts';
import {
  kernelRules,
  type Command,
  type DesiredNetwork,
  type NamespaceState,
  type ObservedNetwork,
  type Stage,
} from './state.ts';
import { withoutForeign } from './workload-namespace.ts';

/** A link's end by its full name, `namespace/link`. */
type End = string;

/**
 * The commands, in stages, that bring `observed` to `desired`; no stage when they are equal. What goes is removed before
 * what comes is made; filters come into force before the links that they guard. The processes of a namespace that goes
 * are ended, but for those of `core`: they belong to the supervisor.
 *
 * A namespace that joined is not ours: it has its name already when it is planned for, what is not on our link is not looked
 * at, and when it leaves it loses that link and the name alone.
 *
 * Both may be a part of the network, as long as a namespace comes together with those at the other ends of links that differ.
 */
export function plan(desired: DesiredNetwork, seen: ObservedNetwork, core: string): readonly Stage[] {
  const observed = withoutForeign(seen);
  const removed = [...observed.keys()].filter((name) => !desired.has(name));
  const added = [...desired.keys()].filter((name) => !observed.has(name) && !isJoinedName(name));
  const { gone, deletions } = planLinkRemovals(desired, observed);
  const names = [...removed.map((name) => `netns del ${name}`), ...added.map((name) => `netns add ${name}`)];
  const stages: readonly Stage[] = [
    endProcesses(removed.filter((name) => name !== core && !isJoinedName(name))),
    [...deletions].flatMap(([name, lines]) => batch(name, lines)),
    batch(undefined, names),
    [...desired].flatMap(([name, want]) => planKernel(name, want, observed.get(name))),
    batch(undefined, planLinks(desired, observed, gone)),
    [...desired].flatMap(([name, want]) => batch(name, planAddressing(name, want, observed.get(name), gone))),
  ];
  return stages.filter((stage) => stage.length > 0);
}

function batch(namespace: string | undefined, lines: readonly string[]): readonly Command[] {
  if (lines.length === 0) return [];
  const scope = namespace === undefined ? [] : ['-n', namespace];
  return [{ argv: ['ip', ...scope, '-batch', '-'], stdin: `${lines.join('\n')}\n` }];
}

/** Ends every process in the namespaces whose paths are its arguments: one look at all processes, however many namespaces. */
const endScript = `ids=" $(stat -L -c %d:%i "$@" | tr '\\n' ' ') "
stat -L -c '%d:%i %n' /proc/[0-9]*/ns/net 2>/dev/null | while read -r id path; do
  pid=\${path#/proc/}
  case "$ids" in *" $id "*) kill -KILL "\${pid%%/*}" || true;; esac
done`;

/** The commands that end every process in the namespaces `names`. */
export function endProcesses(names: readonly string[]): Stage {
  return names.length === 0 ? [] : [{ argv: ['sh', '-c', endScript, 'end', ...names.map(namespacePath)] }];
}

/**
 * Every end that goes, and by namespace the lines that remove them: one line a link, since both ends go together. A namespace
 * that goes takes its links along; each line costs the kernel some milliseconds. One that joined stays, with its processes, and our link must go.
 */
function planLinkRemovals(desired: DesiredNetwork, observed: ObservedNetwork) {
  const gone = new Set<End>();
  const deletions = new Map<string, string[]>();
  for (const [name, { links }] of observed) {
    if (!desired.has(name) && !isJoinedName(name)) continue;
    for (const [link, { peer }] of links) {
      const want = desired.get(name)?.links.get(link);
      // Where the router stays, its end is taken: nobody else can change that.
      const router = peer?.split('/')[0] ?? '';
      if (!desired.has(name) && desired.has(router) && observed.has(router)) continue;
      if (link === 'lo' || gone.has(`${name}/${link}`) || (want !== undefined && want.peer === peer)) continue;
      gone.add(`${name}/${link}`);
      if (peer !== undefined) gone.add(peer);
      deletions.set(name, [...(deletions.get(name) ?? []), `link del ${link}`]);
    }
  }
  return { gone, deletions };
}

/** The lines that make the links which are desired and not there. */
function planLinks(desired: DesiredNetwork, observed: ObservedNetwork, gone: ReadonlySet<End>): readonly string[] {
  const lines: string[] = [];
  const made = new Set<End>();
  for (const [name, { links }] of desired) {
    for (const [link, { peer }] of links) {
      const end = `${name}/${link}`;
      if (peer === undefined || made.has(end)) continue;
      if (observed.get(name)?.links.has(link) === true && !gone.has(end)) continue;
      const [peerName = '', peerLink = ''] = peer.split('/');
      lines.push(`link add ${link} netns ${name} type veth peer name ${peerLink} netns ${peerName}`);
      made.add(end).add(peer);
    }
  }
  return lines;
}

/** Kernel settings and packet filter of one namespace. */
function planKernel(
  name: string,
  want: NamespaceState<Ruleset | undefined>,
  have: NamespaceState<RulesetState> | undefined,
): readonly Command[] {
  const enter = ['nsenter', `--net=${namespacePath(name)}`];
  const settings = [...want.sysctls].filter(([path, value]) => have?.sysctls.get(path) !== value);
  const script = settings.map(([path, value]) => `echo ${value} >/proc/sys/${path}`).join(' && ');
  const transactions = planFilter(want.filter, have?.filter).map((stdin) => ({
    argv: [...enter, 'nft', '-f', '-'],
    stdin,
  }));
  return [
    // One after the other, which the commands of a stage are not.
    ...(transactions.length > 1 ? [formatScript(transactions)] : transactions),
    ...(script === '' ? [] : [{ argv: [...enter, 'sh', '-c', script] }]),
  ];
}

/** The inputs of `nft -f -`, in order. */
function planFilter(want: Ruleset | undefined, have: RulesetState = emptyRuleset): readonly string[] {
  const gone = formatTableRemoval(have.foreign);
  const [first = '', ...others] = planTable(want, have);
  return [gone + first, ...others].filter((text) => text !== '');
}

function planTable(want: Ruleset | undefined, have: RulesetState): readonly string[] {
  if (want === undefined) return have.table === '' ? [] : [formatTableRemoval([have.table])];
  if (have.shape !== shapeOf(want) || have.table !== tableOf(want)) return formatRuleset(want, have.table);
  return [...want.sets].flatMap(([set, { elements }]) =>
    formatSetChange(have.table, set, have.sets.get(set) ?? new Set(), elements),
  );
}

/**
 * Addresses, routes and rules of one namespace. What a link that goes or is down takes with it counts as not there, and
 * so do the routes of a device that loses its last IPv4 address: the kernel forgets them.
 */
function planAddressing(
  name: string,
  want: NamespaceState<unknown>,
  have: NamespaceState<unknown> | undefined,
  gone: ReadonlySet<End>,
): readonly string[] {
  const addresses = [...(have?.addresses ?? [])].filter((text) => !gone.has(`${name}/${text.split(' ')[0]}`));
  const excess = without(addresses, want.addresses);
  const cleared = without(excess.filter(isIPv4Address).map(deviceOf), [...want.addresses].map(deviceOf));
  const routes = [...(have?.routes ?? [])].filter((text) => {
    const device = /\bdev (\S+)/.exec(text)?.[1] ?? 'lo';
    return !gone.has(`${name}/${device}`) && (device === 'lo' || !cleared.includes(device));
  });
  const up = [...want.links.keys()].filter((link) => gone.has(`${name}/${link}`) || have?.links.get(link)?.up !== true);
  const rules = have === undefined ? kernelRules : [...have.rules];
  // Beside what others have, never in its place.
  const verb = isJoinedName(name) ? 'append' : 'replace';
  const address = (text: string): string => text.replace(/^(\S+) (\S+)$/, '$2 dev $1');
  return [
    ...up.map((link) => `link set ${link} up`),
    ...without(want.addresses, addresses).map((text) => `addr add ${address(text)}`),
    ...excess.map((text) => `addr del ${address(text)}`),
    ...without(routes, want.routes).map((text) => `route del ${text}`),
    ...without(rules, want.rules).map((text) => `rule del ${text}`),
    ...without(want.routes, routes).map((text) => `route ${verb} ${text}`),
    ...without(want.rules, rules).map((text) => `rule add ${text}`),
  ];
}

function deviceOf(address: string): string {
  return address.split(' ')[0] ?? '';
}

function isIPv4Address(address: string): boolean {
  return !address.includes(':');
}

function without(all: Iterable<string>, some: Iterable<string>): readonly string[] {
  const known = new Set(some);
  return [...all].filter((one) => !known.has(one));
}
