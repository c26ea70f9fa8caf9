// Access keys as the hot path reads them, prepared when a first request names them.

import type { KeyObject } from 'node:crypto';
import type { AccessKeyRecord } from '../../snapshot/index.ts';
import {
  openPublicPoint,
  parseSignedNames,
  prepareVerifyingKey,
  type SignedNames,
  type VerifyingKey,
} from '../../sigv4/head/index.ts';
import { flatten } from '../flatten.ts';

/** The scope of requests to services (User Guide: SigV4 authenticated requests). */
export const scopeService = 'vpc-lattice-svcs';

/** Characters of signed headers that are kept with a key. */
const MAX_KEPT = 500;

/** What an access key is verified with. */
export interface KeyMaterial {
  /** The signing key of a day (YYYYMMDD) and a region; undefined when there is none. */
  signingKey(date: string, region: string): Buffer | undefined;
  /** The point of Signature Version 4A; undefined when there is none. */
  publicPoint(): Buffer | undefined;
}

/** What the snapshot has of an access key that lasts. */
export function materialOf({ signingKeys, publicKey }: AccessKeyRecord): KeyMaterial {
  return {
    signingKey(date, region) {
      const derived = signingKeys.find((one) => one.date === date && one.region === region);
      return derived && Buffer.from(derived.key, 'base64');
    },
    publicPoint: () => (publicKey === undefined ? undefined : Buffer.from(publicKey, 'base64')),
  };
}

/** An access key. */
export class CompiledAccessKey {
  readonly #material: KeyMaterial;
  readonly #prepared: VerifyingKey[] = [];
  #publicKey: KeyObject | undefined;
  #names: SignedNames | undefined;

  constructor(material: KeyMaterial) {
    this.#material = material;
  }

  /** The key of a day (YYYYMMDD) and a region, or undefined when there is none. */
  find(date: string, region: string): VerifyingKey | undefined {
    for (const key of this.#prepared) if (key.scope.date === date && key.scope.region === region) return key;
    const derived = this.#material.signingKey(date, region);
    if (derived === undefined) return undefined;
    const key = prepareVerifyingKey(derived, { date, region, service: scopeService });
    this.#prepared.push(key);
    return key;
  }

  /** As `parseSignedNames`; those of the last request are kept, for who uses a key mostly signs alike. */
  namesOf(signedHeaders: string): SignedNames | undefined {
    if (this.#names?.text === signedHeaders) return this.#names;
    // A text cut out of a head would hold all of the head.
    const names = parseSignedNames(flatten(signedHeaders));
    if (signedHeaders.length <= MAX_KEPT) this.#names = names;
    return names;
  }

  /** For Signature Version 4A. */
  get publicKey(): KeyObject | undefined {
    if (this.#publicKey !== undefined) return this.#publicKey;
    const point = this.#material.publicPoint();
    if (point !== undefined) this.#publicKey = openPublicPoint(point);
    return this.#publicKey;
  }
}
