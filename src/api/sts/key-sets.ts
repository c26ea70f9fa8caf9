// The keys with which identity providers sign their tokens, fetched as OpenID Connect Discovery has it and kept for a while.

import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Clock } from '../../base/clock.ts';
import type { OidcProvider } from '../../domain/records/index.ts';
import { isPinned } from './pinned-chain.ts';

/** Finds the key of a token, for `jose`. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The keys of providers. */
export interface KeySets {
  /** The keys of `provider`; rejects when they cannot be had. `fresh`: those that are kept had not the one that is needed. */
  readonly find: (provider: Pick<OidcProvider, 'url' | 'thumbprints'>, fresh: boolean) => Promise<KeySet>;
}

/** Milliseconds for which keys are kept, and before a token with an unknown key makes them be fetched again. */
const KEPT = 300_000;
const PAUSE = 10_000;

/** Providers whose keys are kept at once. */
const MOST = 100;

/** Milliseconds and bytes for one document. */
const PATIENCE = 5000;
const MOST_BYTES = 1 << 20;

interface Kept {
  readonly keys: Promise<KeySet>;
  readonly at: number;
  failed: boolean;
}

/** Makes them. Fetches on behalf of several tokens at once are one. */
export function createKeySets(clock: Pick<Clock, 'monotonic'>): KeySets {
  const kept = new Map<string, Kept>();
  return {
    find({ url, thumbprints }, fresh) {
      const name = JSON.stringify([url, thumbprints]);
      const known = kept.get(name);
      const age = known === undefined ? Infinity : clock.monotonic() - known.at;
      if (known !== undefined && age < (fresh || known.failed ? PAUSE : KEPT)) return known.keys;
      const keys = fetchKeys(url, thumbprints);
      const [oldest] = kept.size >= MOST ? kept.keys() : [];
      if (oldest !== undefined) kept.delete(oldest);
      const entry: Kept = { keys, at: clock.monotonic(), failed: false };
      kept.delete(name);
      kept.set(name, entry);
      // What could not be had is asked for again, and not by every token: nobody signs these calls.
      keys.catch(() => (entry.failed = true));
      return keys;
    },
  };
}

async function fetchKeys(url: string, thumbprints: readonly string[]): Promise<KeySet> {
  const discovery = await fetchJson(`https://${url.replace(/\/$/, '')}/.well-known/openid-configuration`, thumbprints);
  const address = typeof discovery === 'object' && discovery !== null && 'jwks_uri' in discovery && discovery.jwks_uri;
  if (typeof address !== 'string' || !address.startsWith('https://')) throw new Error('there is no jwks_uri');
  return createLocalJWKSet((await fetchJson(address, thumbprints)) as JSONWebKeySet);
}

/** A JSON document over TLS. A certificate that no authority vouches for must be among `thumbprints` (IAM User Guide: OIDC identity providers). */
async function fetchJson(address: string, thumbprints: readonly string[]): Promise<unknown> {
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const asked = request(address, { rejectUnauthorized: false, agent: false, timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_BYTES) asked.destroy(new Error(`${address} is too long`));
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${address} answers ${response.statusCode}`));
        else
          try {
            resolve(JSON.parse(text));
          } catch {
            reject(new Error(`${address} is no JSON`));
          }
      });
    });
    const timer = setTimeout(() => asked.destroy(new Error(`${address} does not answer`)), PATIENCE);
    asked.on('close', () => clearTimeout(timer));
    asked.on('error', reject);
    asked.on('socket', (socket) =>
      socket.on('secureConnect', () => {
        const tls = socket as TLSSocket;
        if (!tls.authorized && !isPinned(chainOf(tls.getPeerCertificate(true)), host, thumbprints))
          asked.destroy(new Error(`the certificate of ${address} is not trusted`));
      }),
    );
    asked.end();
  });
}

/** The certificates that a server sent, its own first. */
function chainOf(leaf: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain = new Map<string, X509Certificate>();
  for (let one: DetailedPeerCertificate | undefined = leaf; one !== undefined; one = one.issuerCertificate) {
    const { fingerprint256 = '' } = one as { readonly fingerprint256?: string };
    // The last is its own issuer.
    if (fingerprint256 === '' || chain.has(fingerprint256)) break;
    chain.set(fingerprint256, new X509Certificate(one.raw));
  }
  return [...chain.values()];
}
