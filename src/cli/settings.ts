// What a server was told, complete and checked: the same plain data for supervisor, control and workers.

import type { RateLimits } from '../api/index.ts';
import type { QuotaLimits } from '../domain/index.ts';
import type { UserNamespace } from '../network/index.ts';
import type { Configuration, Limits } from './configuration/index.ts';

/** How VPCs are present on this machine. */
export type AttachKind = 'netns' | 'loopback';

/** The settings of one server. */
export interface ServerSettings {
  /** Absolute, with links resolved. */
  readonly dataDirectory: string;
  /** Nothing is kept: the directory is a temporary one. */
  readonly memory: boolean;
  readonly apiHost: string;
  readonly apiPort: number;
  readonly dnsHost: string;
  readonly dnsPort: number;
  readonly workers: number;
  readonly attach: AttachKind;
  /** Without root: the user namespace that the server's processes are in. */
  readonly userNamespace?: UserNamespace;
  /** Whether ports below 1024 can be bound. */
  readonly lowPorts: boolean;
  readonly open: boolean;
  readonly quotas: QuotaLimits;
  readonly rateLimits: RateLimits;
  readonly regions: readonly string[];
  readonly defaultAccount: string;
  /** Host names that the API answers to beside its address. */
  readonly hostNames: readonly string[];
  readonly limits: Limits;
  /** The checked configuration file. */
  readonly configuration: Configuration;
  /** What instances inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How VPCs are attached, as people are told: `userns` is `netns` in a user namespace. */
export function describeAttachment({
  attach,
  userNamespace,
}: Pick<ServerSettings, 'attach' | 'userNamespace'>): AttachKind | 'userns' {
  return attach === 'netns' && userNamespace !== undefined ? 'userns' : attach;
}
