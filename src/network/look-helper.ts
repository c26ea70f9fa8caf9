// The short-lived process that goes through namespaces (their names on standard input, as JSON) and prints what is in each, as `formatSeen` makes it.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { isJoinedName, namespacePath } from './names.ts';
import { formatAttribute } from './netlink.ts';
import { readFilter } from './read-filter.ts';
import { emptyRuleset } from './ruleset.ts';
import {
  parseInterfaceAddress,
  parseLink,
  parseNamespaceId,
  parseRoute,
  parseRule,
  routeRequests,
} from './read-routing.ts';
import { formatSeen, relatedNames, type SeenNamespace } from './seen.ts';
import { watchedSysctls } from './state.ts';
import { netlinkProtocols, openSystemCalls, type Netlink } from './system-calls.ts';

const calls = openSystemCalls();

/** struct ifinfomsg, the longest of the fixed parts; the kernel takes it for the others too. */
function anyFamily(family = 0): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt8(family, 0);
  return body;
}

function readSysctl(path: string): string {
  return readFileSync(`/proc/sys/${path}`, 'utf8').replaceAll(/\s+/g, ' ').trim();
}

/** The id that the namespace `name` has in the one where `netlink` is; undefined when it has none, or is not there. */
function askId(netlink: Netlink, name: string): number | undefined {
  let descriptor;
  try {
    descriptor = openSync(namespacePath(name), 'r');
  } catch {
    return undefined;
  }
  try {
    const value = Buffer.alloc(4);
    value.writeInt32LE(descriptor);
    const body = Buffer.concat([Buffer.alloc(4), formatAttribute(3, value)]);
    const [answer] = netlink.ask(routeRequests.namespaceId, 'one', body);
    return answer === undefined ? undefined : parseNamespaceId(answer);
  } finally {
    closeSync(descriptor);
  }
}

/** Looks at one namespace; `all` are the names among which its neighbours are. */
function look(name: string, all: readonly string[]): SeenNamespace {
  calls.enter(namespacePath(name));
  using route = calls.openNetlink(netlinkProtocols.route);
  const dump = (type: number, family?: number): readonly Buffer[] => route.ask(type, 'dump', anyFamily(family));
  const links = dump(routeRequests.link).map(parseLink);
  const names = new Map(links.map((link) => [link.index, link.name]));
  const wanted = new Set(links.flatMap(({ other }) => other?.namespaceId ?? []));
  const neighbours = new Map<number, string>();
  for (const other of relatedNames(name, all)) {
    if (neighbours.size === wanted.size) break;
    const id = askId(route, other);
    if (id !== undefined && wanted.has(id)) neighbours.set(id, other);
  }
  const seen = {
    name,
    links,
    neighbours: [...neighbours],
    addresses: dump(routeRequests.address).flatMap((body) => parseInterfaceAddress(body, names) ?? []),
    routes: dump(routeRequests.route).flatMap((body) => parseRoute(body, names) ?? []),
  };
  // The rest of it is somebody else's.
  if (isJoinedName(name)) return { ...seen, rules: [], sysctls: [], filter: emptyRuleset };
  using netfilter = calls.openNetlink(netlinkProtocols.netfilter);
  return {
    ...seen,
    rules: dump(routeRequests.rule, 2).map(parseRule),
    sysctls: watchedSysctls.map((path) => [path, readSysctl(path)]),
    filter: readFilter(netfilter),
  };
}

const all = JSON.parse(await text(process.stdin)) as readonly string[];
const seen = all.flatMap((name) => {
  try {
    return [look(name, all)];
  } catch (error) {
    // It went away after it was listed.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    // Of those that others rule we cannot say what they are; none may keep us from ours.
    if (isJoinedName(name)) return [];
    throw error;
  }
});
process.stdout.write(formatSeen(seen));
