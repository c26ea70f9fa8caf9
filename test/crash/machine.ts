// What a server leaves on a machine: namespaces, rules, filters and processes.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

function output(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  // A machine without nftables has no rules of it.
  if (error !== undefined) return `${program}: ${error.message}`;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The namespaces whose names begin with the prefix, with the identity of each. */
export function namespacesOf(prefix: string): ReadonlyMap<string, string> {
  const names = output('ip', 'netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name, output('stat', '--format=%i', `/run/netns/${name}`).trim()]));
}

/** What other programs show of the host's own network. Links of others come and go while tests run, those with this prefix must not. */
export function hostNetwork(): readonly string[] {
  const lines = [
    ['ip', 'rule'],
    ['ip', '-6', 'rule'],
    ['ip', 'route', 'show', 'table', 'all'],
    ['ip', '-o', 'address'],
    ['ip', '-br', 'link'],
    ['nft', 'list', 'ruleset'],
  ] as const;
  return lines.map(([program, ...args]) => `${program} ${args.join(' ')}\n${output(program, ...args)}`);
}

/** The processes whose command line or environment names the text, but for the caller's. */
export function processesNaming(text: string): readonly string[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      return command.includes(text) || environment.includes(text) ? [`${name} ${command}`] : [];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}
