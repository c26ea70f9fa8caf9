// Which programs a bench was run with, as they say themselves.

import { spawnSync } from 'node:child_process';

/** How each program is asked, and where in what it prints its version stands. */
const programs = {
  HAProxy: { command: ['haproxy', '-v'], pattern: /^HAProxy version (\S+)/m },
  // `version: HASH/1.40.0/Clean/RELEASE/BoringSSL`, after a path that may have numbers too.
  Envoy: { command: ['envoy', '--version'], pattern: /version: [0-9a-f]+\/(\d+(?:\.\d+)+)/ },
  nginx: { command: ['nginx', '-v'], pattern: /nginx version: nginx\/(\S+)/ },
  unbound: { command: ['unbound', '-V'], pattern: /^Version (\S+)/m },
  wrk: { command: ['wrk', '-v'], pattern: /^wrk (\S+)/m },
} as const;

/** The version in what a program printed, or undefined when it does not say one. */
export function findVersion(program: keyof typeof programs, output: string): string | undefined {
  return programs[program].pattern.exec(output)?.[1];
}

/** `HAProxy 2.6.12; Envoy 1.40.0; …`. Some of them print to standard error, and some end with 1: what they print counts. */
export function describeVersions(): string {
  return (Object.keys(programs) as (keyof typeof programs)[])
    .map((name) => {
      const [command, ...args] = programs[name].command;
      const { stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
      return `${name} ${error === undefined ? (findVersion(name, `${stdout}\n${stderr}`) ?? 'of an unknown version') : 'not found'}`;
    })
    .join('; ');
}
