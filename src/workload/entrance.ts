// The way into a workload: its resolver files, its environment, and the command line that enters its namespace.

import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { dnsAddresses, loopbackDnsPort } from '../network/index.ts';
import { loopbackWorkloadAddress, type VpcRecord } from '../snapshot/index.ts';

/** Where a workload is. A workload on loopback has no namespace and no files: it runs on the host. */
export interface Entrance {
  /** Path of the network namespace. */
  readonly namespace?: string;
  /** Folder with resolv.conf, nsswitch.conf and hosts. */
  readonly files?: string;
  /** PERGOLA_ADDRESS (where it listens) and PERGOLA_DNS (its resolver, HOST:PORT). */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The first argument is the folder of the files; the rest is the command. A machine that lacks one of the files keeps
 * lacking it. A name service cache would answer with the host's names: its socket is hidden.
 */
const script = `set -e
for file in resolv.conf nsswitch.conf hosts; do
  if [ -e "/etc/$file" ]; then mount --bind "$1/$file" "/etc/$file"; fi
done
if [ -e /run/nscd/socket ]; then mount -t tmpfs none /run/nscd; fi
shift
exec "$@"`;

/** The arguments that run `command` as the workload: it keeps the process id, the terminal and the signals of the caller. */
export function enterCommand({ namespace, files }: Entrance, command: readonly string[]): readonly string[] {
  if (namespace === undefined || files === undefined) return command;
  return ['nsenter', `--net=${namespace}`, 'unshare', '--mount', 'sh', '-c', script, 'sh', files, ...command];
}

/** What processes of the workload at `address` find in their environment. */
export function workloadEnvironment(vpc: VpcRecord, address: string): Entrance['environment'] {
  if (vpc.attachment.kind === 'netns')
    return { PERGOLA_ADDRESS: address, PERGOLA_DNS: `${dnsAddresses(vpc)[0] ?? ''}:53` };
  const { n } = vpc.attachment;
  return { PERGOLA_ADDRESS: loopbackWorkloadAddress(n, address), PERGOLA_DNS: `127.${n}.0.2:${loopbackDnsPort}` };
}

/** Writes the resolver files of the workload at `address` into the folder `files`, which it makes. */
export function writeResolverFiles(files: string, vpc: VpcRecord, address: string): void {
  mkdirSync(files, { recursive: true, mode: 0o755 });
  writeFileSync(join(files, 'resolv.conf'), `nameserver ${dnsAddresses(vpc)[0] ?? ''}\n`);
  writeFileSync(join(files, 'nsswitch.conf'), 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n');
  writeFileSync(
    join(files, 'hosts'),
    `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${address} ${hostname()}\n`,
  );
}
