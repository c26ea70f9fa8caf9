// The attachments on which crashes are tried: handles that are bound inside of namespaces are not those of the host.

import { namePrefix, routerName } from '../../src/network/names.ts';
import { namespacePath, runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import type { TestServer } from '../server.ts';

const noNamespaces = await whyNoNamespaces(runCommand, process.pid);
if (noNamespaces !== undefined && process.env['CI'] === 'true')
  throw new Error(`namespaces are needed: ${noNamespaces}`);

/** Each attachment, and whether (or why not) a test of it is skipped. */
export const attachments = [
  { attach: 'netns', skip: noNamespaces === undefined ? false : `no namespaces here: ${noNamespaces}` },
  { attach: 'loopback', skip: false },
] as const;

/** The namespace in which a server's sockets of a VPC stand, as a path; undefined: the host's. */
export function socketNamespace({ attach, data }: TestServer, vpcId: string): string | undefined {
  return attach === 'netns' ? namespacePath(routerName(namePrefix(data), vpcId)) : undefined;
}
