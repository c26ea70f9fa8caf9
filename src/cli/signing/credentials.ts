// Whose signature a command's requests carry: the SDK's standard credential chain, the server's admin key, or a role that one of them assumes.

import { apiName } from '../../snapshot/index.ts';
import { findServer, NoServer, type Server } from '../server-file.ts';

/** A key pair as requests are signed with it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Gives credentials that are good now. */
export type FindCredentials = () => Promise<Credentials>;

/** There are no credentials; the message is for people. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
}

/** How a command was asked to sign. */
export interface SigningOptions {
  readonly as?: string | undefined;
  readonly api?: string | undefined;
  readonly data?: string | undefined;
}

/** Milliseconds before their end at which credentials are made anew. */
const EARLY = 300_000;

/** The credentials of `options`, which are asked for when the first request needs them. */
export function credentialsOf(
  { as: role, ...options }: SigningOptions,
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number,
): FindCredentials {
  const chain = chainOf();
  if (role === undefined)
    return options.api === undefined && options.data === undefined
      ? orAdmin(chain, environment)
      : () => Promise.resolve(serverOf(options, environment));
  let known: Credentials | undefined;
  let until = 0;
  return async () => {
    if (known === undefined || now() > until - EARLY) {
      const made = await assume(role, chain, options, environment);
      ({ credentials: known, until } = made);
    }
    return known;
  };
}

/** The chain of the SDK for Node.js; it keeps what it found until that ends. */
function chainOf(): FindCredentials {
  let find: FindCredentials | undefined;
  return async () => {
    try {
      // Not at the start of every command: it takes as long as all the rest.
      const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
      // Outside of a cloud nobody answers at the address of instance metadata: one try is enough.
      find ??= defaultProvider({ timeout: 1000, maxRetries: 0 });
      return await find();
    } catch (error) {
      throw new NoCredentials(
        `there are no credentials: give them in AWS_…, a profile or a role of the workload, or name a server with --data or --api (${error instanceof Error ? error.message : String(error)})`,
      );
    }
  };
}

/** Where the chain has nothing, the key of the server that runs on the default directory. */
function orAdmin(chain: FindCredentials, environment: Readonly<Record<string, string | undefined>>): FindCredentials {
  return async () => {
    try {
      return await chain();
    } catch (error) {
      try {
        return serverOf({}, environment);
      } catch {
        throw error;
      }
    }
  };
}

/** Where the API is reached: in a VPC that is a namespace the host's addresses are not, and the API has a name there. */
function endpointOf({ api }: Server, environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['PERGOLA_ADDRESS'];
  return own === undefined || own.startsWith('127.') ? api : `http://${apiName}`;
}

function serverOf(
  options: Omit<SigningOptions, 'as'>,
  environment: Readonly<Record<string, string | undefined>>,
): Server {
  return findServer(options, environment);
}

/** Assumes a role at the server that the options or the environment name, or else at the endpoint of the SDK's own settings. */
async function assume(
  role: string,
  chain: FindCredentials,
  options: Omit<SigningOptions, 'as'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly credentials: Credentials; readonly until: number }> {
  const server = findServerOrNone(options, environment);
  if (
    server === undefined &&
    environment['AWS_ENDPOINT_URL'] === undefined &&
    environment['AWS_ENDPOINT_URL_STS'] === undefined
  )
    throw new NoCredentials('--as needs a server that gives the role: name it with --data, --api or AWS_ENDPOINT_URL');
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts =
    server === undefined
      ? new STSClient({ credentials: chain })
      : new STSClient({ endpoint: endpointOf(server, environment), region: server.region, credentials: server });
  try {
    const { Credentials: made } = await sts.send(
      new AssumeRoleCommand({ RoleArn: role, RoleSessionName: `pergola-${process.pid}` }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = made ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
      throw new NoCredentials(`${role} was assumed, and no credentials came`);
    return {
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      until: Expiration?.getTime() ?? 0,
    };
  } catch (error) {
    if (error instanceof NoCredentials) throw error;
    throw new NoCredentials(`${role} cannot be assumed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    sts.destroy();
  }
}

function findServerOrNone(
  options: Omit<SigningOptions, 'as'>,
  environment: Readonly<Record<string, string | undefined>>,
): Server | undefined {
  try {
    return serverOf(options, environment);
  } catch (error) {
    // Who names a server means it.
    if (!(error instanceof NoServer) || options.api !== undefined || options.data !== undefined) throw error;
    return undefined;
  }
}
