// A model of the kernel for tests: obeys the commands of a plan on plain data, as strictly as the kernel does.

import { isJoinedName } from './names.ts';
import { emptyRuleset, readMark, type RulesetState } from './ruleset.ts';
import { kernelRules, type Command, type NamespaceState, type ObservedNetwork } from './state.ts';

/** A namespace of the model that can be changed, also by a test that damages it. */
export interface ModelNamespace extends NamespaceState<RulesetState> {
  readonly links: Map<string, { up: boolean; peer?: string }>;
  readonly addresses: Set<string>;
  readonly routes: Set<string>;
  readonly rules: Set<string>;
  readonly sysctls: Map<string, string>;
  filter: RulesetState;
}

/** Namespaces by name; obeys `Command`s. */
export class KernelModel {
  readonly namespaces = new Map<string, ModelNamespace>();

  get observed(): ObservedNetwork {
    return this.namespaces;
  }

  /** Does what the command does; throws on what the kernel would refuse. */
  run({ argv, stdin = '' }: Command): void {
    const [program, ...args] = argv;
    const lines = stdin.split('\n').filter((line) => line !== '');
    if (program === 'ip' && args[0] === '-n') for (const line of lines) this.#inside(args[1] ?? '', line);
    else if (program === 'ip') for (const line of lines) this.#outside(line);
    else if (program === 'nsenter') {
      const namespace = this.#get((args[0] ?? '').replace('--net=/run/netns/', ''));
      if (args[1] === 'nft') namespace.filter = filterAfter(namespace.filter, lines);
      else
        for (const [, value = '', path = ''] of (args[3] ?? '').matchAll(/echo (.*?) >\/proc\/sys\/(\S+)/g))
          namespace.sysctls.set(path, value);
    } else if (program !== 'sh') throw new Error(`unknown program ${program}`);
  }

  /** Removes a link and its other end, with all that depends on them. */
  deleteLink(name: string, link: string): void {
    const peer = this.#get(name).links.get(link)?.peer?.split('/');
    this.#dropEnd(name, link);
    if (peer !== undefined) this.#dropEnd(peer[0] ?? '', peer[1] ?? '');
  }

  /** Removes a namespace and its links. */
  deleteNamespace(name: string): void {
    for (const link of [...this.#get(name).links.keys()]) if (link !== 'lo') this.deleteLink(name, link);
    this.namespaces.delete(name);
  }

  /** Takes a link down: its routes go. */
  takeDown(name: string, link: string): void {
    const namespace = this.#get(name);
    const state = namespace.links.get(link);
    if (state !== undefined) state.up = false;
    this.#dropRoutes(namespace, link);
  }

  #get(name: string): ModelNamespace {
    const namespace = this.namespaces.get(name);
    if (namespace === undefined) throw new Error(`no namespace ${name}`);
    return namespace;
  }

  #dropEnd(name: string, link: string): void {
    const namespace = this.#get(name);
    if (!namespace.links.delete(link)) throw new Error(`no link ${name}/${link}`);
    for (const address of [...namespace.addresses])
      if (address.startsWith(`${link} `)) namespace.addresses.delete(address);
    this.#dropRoutes(namespace, link);
  }

  #dropRoutes(namespace: ModelNamespace, link: string): void {
    for (const route of [...namespace.routes]) if (route.split(' ').includes(link)) namespace.routes.delete(route);
  }

  #outside(line: string): void {
    const [, what, name = '', , inside = '', , , , , peer = '', , beside = ''] = ['', ...splitCommand(line)];
    if (what === 'netns add') {
      if (this.namespaces.has(name)) throw new Error(`namespace ${name} exists`);
      this.namespaces.set(name, {
        links: new Map([['lo', { up: false }]]),
        addresses: new Set(),
        routes: new Set(),
        rules: new Set(kernelRules),
        sysctls: new Map(),
        filter: emptyRuleset,
      });
    } else if (what === 'netns del') {
      // The namespaces of others have other names too: they lose ours alone.
      if (isJoinedName(name)) this.namespaces.delete(name);
      else this.deleteNamespace(name);
    } else if (what === 'link add') {
      this.#addEnd(inside, name, `${beside}/${peer}`);
      this.#addEnd(beside, peer, `${inside}/${name}`);
    } else throw new Error(`unknown line ${line}`);
  }

  #addEnd(name: string, link: string, peer: string): void {
    const { links } = this.#get(name);
    if (links.has(link)) throw new Error(`link ${name}/${link} exists`);
    links.set(link, { up: false, peer });
  }

  #inside(name: string, line: string): void {
    const namespace = this.#get(name);
    const [what = '', ...words] = splitCommand(line);
    const rest = words.join(' ');
    if (what === 'link del') this.deleteLink(name, rest);
    else if (what === 'link set') {
      const link = namespace.links.get(words[0] ?? '');
      if (link === undefined) throw new Error(`no link ${name}/${words[0]}`);
      link.up = true;
    } else if (what.startsWith('addr ')) {
      const device = words[2] ?? '';
      change(namespace.addresses, what, `${device} ${words[0]}`);
      const others = [...namespace.addresses].filter((address) => address.startsWith(`${device} `));
      if (others.length === 0 && device !== 'lo') this.#dropRoutes(namespace, device);
    } else if (what.startsWith('route ')) {
      const device = /\bdev (\S+)/.exec(rest)?.[1];
      const setting = what === 'route replace' || what === 'route append';
      if (setting && device !== undefined && namespace.links.get(device)?.up !== true)
        throw new Error(`${name}/${device} is down`);
      if (setting) {
        // ip-route(8): one route of a destination, table and metric is put in the place of another, or beside it.
        const same = [...namespace.routes].find((one) => one !== rest && routeKey(one) === routeKey(rest));
        if (what === 'route replace' && same !== undefined) namespace.routes.delete(same);
        namespace.routes.add(rest);
      } else change(namespace.routes, what, rest);
    } else if (what.startsWith('rule ')) change(namespace.rules, what, rest);
    else throw new Error(`unknown line ${line}`);
  }
}

function splitCommand(line: string): readonly string[] {
  const [object = '', verb = '', ...words] = line.split(' ');
  return [`${object} ${verb}`, ...words];
}

function routeKey(route: string): string {
  const [, destination] = /^(?:(?:local|unreachable) )?(\S+)/.exec(route) ?? [];
  return [destination, /\btable \S+/.exec(route)?.[0], /\bmetric \S+/.exec(route)?.[0]].join(' ');
}

function change(set: Set<string>, what: string, text: string): void {
  const adding = what.endsWith(' add');
  if (set.has(text) === adding) throw new Error(`${what} ${text}: ${adding ? 'exists' : 'is not there'}`);
  if (adding) set.add(text);
  else set.delete(text);
}

function filterAfter(before: RulesetState, lines: readonly string[]): RulesetState {
  let { table, shape, sets, foreign } = before;
  let block: string[] = [];
  let open = '';
  for (const line of lines) {
    const element = /^(add|delete) element inet pergola (\S+) \{ (.*) \}$/.exec(line);
    if (element !== null) {
      const set = new Set(sets.get(element[2] ?? ''));
      for (const one of (element[3] ?? '').split(', ')) change(set, ` ${element[1]}`.replace('delete', 'del'), one);
      sets = new Map([...sets, [element[2] ?? '', set]]);
    } else if (line.startsWith('delete table ')) {
      foreign = foreign.filter((one) => line !== `delete table ${one}`);
      if (line === 'delete table inet pergola') ({ table, shape, sets } = emptyRuleset);
    } else if (line.startsWith(' set ') || line.startsWith(' chain ')) {
      open = line.trim().split(' ')[1] ?? '';
      block.push(line.trim().replace(' {', ''));
      if (line.startsWith(' set ')) sets = new Map([...sets, [open, new Set<string>()]]);
    } else if (line.startsWith('  elements')) {
      sets = new Map([...sets, [open, new Set((/\{ (.*) \}/.exec(line)?.[1] ?? '').split(', '))]]);
    } else if (line.startsWith('  type filter')) {
      const [, hook, priority, policy] = /hook (\S+) priority (\S+); policy (\S+);/.exec(line) ?? [];
      block.push(`[${hook} ${priority} ${policy}]`);
    } else if (line.startsWith('  type')) block.push(line.trim().slice('type '.length));
    else if (line.startsWith('  ')) block.push(readMark(/comment "(.*)"/.exec(line)?.[1] ?? 'unmarked'));
    else if (line === '}') {
      [table, shape] = ['inet pergola', shapeFrom(block)];
      block = [];
    }
  }
  return { table, shape, sets, foreign };
}

/** The shape text of the words gathered from a table: each `set` or `chain` with what follows it. */
function shapeFrom(words: readonly string[]): string {
  const sets: string[] = [];
  const chains: string[] = [];
  for (const word of words) {
    if (word.startsWith('set ')) sets.push(word);
    else if (word.startsWith('chain ')) chains.push(`${word} []`);
    else if (chains.length === 0) sets.push(`${sets.pop()} ${word}`);
    else if (word.startsWith('[')) chains.push(`${chains.pop()?.slice(0, -2)}${word}`);
    else chains.push(`${chains.pop()} ${word}`);
  }
  return [...sets.sort(), ...chains.map((chain) => (chain.endsWith(']') ? `${chain} ` : chain)).sort()].join('\n');
}
