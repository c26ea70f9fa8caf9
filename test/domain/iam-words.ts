// Random calls around IAM.

import {
  createAccessKey,
  createUser,
  deleteAccessKey,
  deleteUser,
  sealPlainSecrets,
  updateAccessKey,
  updateUser,
} from '../../src/domain/iam/index.ts';
import type { RecordKind } from '../../src/domain/state.ts';
import { callOf, MOST, type Hand, type Word } from './hand.ts';

/** Seals in a way that anybody can open. */
export const secrets = {
  seal: (secret: string, accessKeyId: string): string => `sealed ${accessKeyId} ${secret}`,
  open: (sealed: string): string => sealed.split(' ')[2] ?? '',
};

/** IAM belongs to no region. */
const globalHand = (hand: Hand): Hand => hand.at('global');

/** The name of one of the caller's own, or one that nothing has. */
function name(hand: Hand, kind: RecordKind, n: number): string {
  const found = n > MOST - 3 ? undefined : globalHand(hand).own(kind, n);
  return found !== undefined && 'name' in found ? String(found.name) : 'nobody';
}

const made = (n: number): string => `${n % 7 === 6 ? 'N' : 'n'}ame-${n % 5}`;
const path = (n: number): string => (n % 3 === 0 ? '/' : `/p-${n % 3}/`);

/** The words. */
export const iamWords: readonly Word[] = [
  (_, a, b) => callOf(createUser, { name: made(a), path: path(b) }),
  (hand, a, b, c) => callOf(updateUser, { userName: name(hand, 'iamUser', a), newName: made(b), newPath: path(c) }),
  (hand, a) => callOf(deleteUser, { userName: name(hand, 'iamUser', a) }),
  (hand, a) => callOf(createAccessKey, { userName: name(hand, 'iamUser', a), secrets }),
  (hand, a, b, c) => callOf(updateAccessKey, { ...keyOf(hand, a, c), status: b % 2 === 0 ? 'Active' : 'Inactive' }),
  (hand, a, _, c) => callOf(deleteAccessKey, keyOf(hand, a, c)),
  () => callOf(sealPlainSecrets, { secrets }),
];

/** A key with its user, or now and then with another. */
function keyOf(hand: Hand, a: number, c: number) {
  const key = globalHand(hand).own('credential', a);
  const user = key?.userId === undefined ? undefined : globalHand(hand).one('iamUser', key.userId);
  const accessKeyId = a > MOST - 3 ? 'AKIANOTHING' : (key?.id ?? 'AKIANOTHING');
  return { userName: c < 6 || user === undefined ? name(hand, 'iamUser', c) : user.name, accessKeyId };
}
