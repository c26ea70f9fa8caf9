// How workloads find the credentials of their roles, and by what they are known where they have no network of their own.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { containerPath, type RoleCredentials } from '../api/index.ts';
import { loopbackApiPort } from '../network/index.ts';
import { apiAddressIn, apiName } from '../snapshot/index.ts';
import type { Roles } from '../workload/index.ts';
import type { ServerSettings } from './settings.ts';

/** Tokens that name a workload: they follow from its id, so that they are the same after a restart. */
export interface WorkloadTokens {
  make(id: string): string;
  /** The id that a token names; undefined when it is none of ours. */
  read(token: string): string | undefined;
}

/** Makes tokens; `master` is the key that the server's secrets are sealed with. */
export function createWorkloadTokens(master: Buffer): WorkloadTokens {
  const key = Buffer.from(hkdfSync('sha256', master, '', 'pergola workload token', 32));
  const sign = (id: string): Buffer => createHmac('sha256', key).update(id).digest();
  return {
    make: (id) => `${id}.${sign(id).toString('base64url')}`,
    read(token) {
      const [id = '', seal = '', ...more] = token.slice(0, 256).split('.');
      const bytes = Buffer.from(seal, 'base64url');
      const good = more.length === 0 && bytes.length === 32 && timingSafeEqual(bytes, sign(id));
      return good ? id : undefined;
    },
  };
}

/** The key for the tokens of the instance metadata service. */
export function deriveMetadataKey(master: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', 'pergola metadata token', 32));
}

/** What the agent knows of roles. In a namespace credentials are at 169.254.170.2, on loopback at the API, for which SDKs want a loopback address. */
export function bindRoles(
  credentials: Pick<RoleCredentials, 'problem'>,
  tokens: Pick<WorkloadTokens, 'make'>,
  { attach, apiHost, apiPort }: Pick<ServerSettings, 'attach' | 'apiHost' | 'apiPort'>,
): Roles {
  const host = loopbackOf(apiHost);
  return {
    problem(workload) {
      if (workload.role === undefined) return undefined;
      if (attach === 'loopback' && host === undefined)
        return `a role takes a server whose API has a loopback address (--api), for SDKs ask no other over http; it has ${apiHost}`;
      return credentials.problem(workload);
    },
    environment: (id, vpc, by) =>
      attach === 'netns'
        ? {
            AWS_ENDPOINT_URL: `http://${apiName}`,
            // With a profile they are at 169.254.169.254, as on an instance of EC2: SDKs look there by themselves.
            ...(by === 'role' ? { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: containerPath(id) } : {}),
          }
        : {
            // Programs on loopback ask the host's resolver, which knows no name of a VPC.
            AWS_ENDPOINT_URL: `http://${apiAddressIn(vpc)}:${loopbackApiPort}`,
            AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${host ?? ''}:${apiPort}/-/credentials`,
            AWS_CONTAINER_AUTHORIZATION_TOKEN: tokens.make(id),
          },
  };
}

/** The loopback address at which a server on `host` answers, as URLs have it. */
function loopbackOf(host: string): string | undefined {
  if (host === '0.0.0.0' || host === 'localhost') return '127.0.0.1';
  if (host === '::' || host === '::1') return '[::1]';
  return isIP(host) === 4 && host.startsWith('127.') ? host : undefined;
}
