// The network of a server as plain data: what is desired and what is observed, in one form.

import type { Ruleset, RulesetState } from './ruleset.ts';

/** One end of a link, or `lo`. `peer` is `namespace/link`; absent for `lo` and for peers outside of our namespaces. */
export interface LinkState {
  readonly up: boolean;
  readonly peer?: string;
}

/** A network namespace. Texts are arguments of `ip` in one canonical order, so that equal things are equal strings. */
export interface NamespaceState<Filter> {
  readonly links: ReadonlyMap<string, LinkState>;
  /** `DEVICE ADDRESS/PREFIX`. */
  readonly addresses: ReadonlySet<string>;
  /** `[TYPE] DESTINATION [via GATEWAY] [dev DEVICE] [onlink] [table TABLE]`; the kernel's own routes are left out. */
  readonly routes: ReadonlySet<string>;
  /** `from SOURCE lookup TABLE pref PREFERENCE`. */
  readonly rules: ReadonlySet<string>;
  /** Path below /proc/sys → value. Observed ones may be more than desired ones. */
  readonly sysctls: ReadonlyMap<string, string>;
  readonly filter: Filter;
}

/** Desired namespaces by full name. `filter` undefined: no rules at all. */
export type DesiredNetwork = ReadonlyMap<string, NamespaceState<Ruleset | undefined>>;

/** Observed namespaces by full name. */
export type ObservedNetwork = ReadonlyMap<string, NamespaceState<RulesetState>>;

/** A program to run: arguments, and what it reads from its standard input. */
export interface Command {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** Commands that do not depend on each other: they may run at the same time, in any order. */
export type Stage = readonly Command[];

/** The rules that the kernel gives a new namespace. */
export const kernelRules: readonly string[] = [
  'from all lookup local pref 0',
  'from all lookup main pref 32766',
  'from all lookup default pref 32767',
];

/** The settings that are looked at, as paths below /proc/sys. */
export const watchedSysctls: readonly string[] = [
  'net/ipv4/ip_forward',
  'net/ipv4/icmp_ratelimit',
  'net/ipv4/ip_local_port_range',
];
