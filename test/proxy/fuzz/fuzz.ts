// Runs mutated bytes through the engine's parsers and through `node:http`, and says where they read different messages.

import { createSeededRandom, type Random } from '../../../src/base/random.ts';
import { cutsOf, mutate } from './mutate.ts';
import { createNodeServer, readResponseByNode, type NodeReading } from './read-by-node.ts';
import { readRequests, readResponse, type Reading } from './read-by-us.ts';
import { requestSamples, responseSamples } from './samples.ts';

/** A pair of parsers to be compared. */
export type Subject = 'requests' | 'responses';

/** What a run came to. */
export interface FuzzResult {
  readonly cases: number;
  /** Messages that both sides read. */
  readonly compared: number;
  readonly differences: readonly { readonly input: string; readonly why: string }[];
}

/** Cases that run side by side, so that the loop's turns are shared. */
const BATCH = 32;

/** Turns of the loop after which `node:http` has read what is there. */
const TURNS = 4;

/** What `node:http` refuses though nothing is wrong with the framing: methods that it does not know, HTTP/1.2, equal lengths, bytes after `close`. */
const otherwise: ReadonlySet<string | undefined> = new Set([
  'HPE_INVALID_METHOD',
  'HPE_INVALID_VERSION',
  'HPE_UNEXPECTED_CONTENT_LENGTH',
  'HPE_CLOSED_CONNECTION',
]);

/** Why the readings differ, or undefined. `node:http` has no opinion on what it refuses for other reasons than framing, nor on what follows a request with Upgrade. `sameTarget`: whether targets are comparable. */
function findDifference(
  { messages, refused: ourNo }: Reading,
  node: NodeReading,
  sameTarget: boolean,
): string | undefined {
  for (const [i, message] of messages.entries()) {
    if (ourNo && !message.whole) return undefined;
    const theirs = node.messages[i];
    if (theirs === undefined || !theirs.whole) {
      if (!message.whole || otherwise.has(node.error)) return undefined;
      if (theirs === undefined && messages[i - 1]?.asksUpgrade === true) return undefined;
      return `message ${i} is whole, but not for node:http (${node.error})`;
    }
    if (!message.whole) return `message ${i} is not whole, but node:http has all of it`;
    if (
      theirs.first !== message.first ||
      theirs.body !== message.body ||
      (sameTarget && theirs.target !== message.target)
    )
      return `message ${i}: ${JSON.stringify(message)} is ${JSON.stringify(theirs)} for node:http`;
  }
  return undefined;
}

/** A case: what we read of `input`, and how it is judged once node:http has read it too. */
function open(
  subject: Subject,
  input: string,
  random: Random,
  serve: (bytes: string) => NodeReading,
): { readonly judge: () => string | undefined; readonly ours: Reading; readonly raw: NodeReading } {
  const bytes = Buffer.from(input, 'latin1');
  if (subject === 'responses') {
    const ours = readResponse(bytes);
    const raw = readResponseByNode(input);
    const passed = ours.messages[0]?.whole === true ? readResponseByNode(ours.forwarded) : undefined;
    return {
      ours,
      raw,
      judge: () =>
        findDifference(ours, raw, false) ?? (passed === undefined ? undefined : findDifference(ours, passed, false)),
    };
  }
  const ours = readRequests(bytes, [bytes.length]);
  const cut = readRequests(bytes, cutsOf(random, bytes.length));
  const raw = serve(input);
  const passed = serve(ours.forwarded);
  return {
    ours,
    raw,
    judge() {
      const whole = (reading: Reading): string => JSON.stringify(reading.messages.filter((message) => message.whole));
      if (whole(ours) !== whole(cut) || ours.refused !== cut.refused)
        return `cut otherwise it reads ${whole(cut)} instead of ${whole(ours)}`;
      if (passed.messages.length > ours.messages.length) return 'a request is hidden in what is forwarded';
      return findDifference(ours, raw, false) ?? findDifference(ours, passed, true);
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** Judges `inputs`. */
export async function judge(subject: Subject, inputs: readonly string[], seed = 0): Promise<FuzzResult> {
  const random = createSeededRandom(seed);
  const serve = createNodeServer();
  const opened = inputs.map((input) => ({ input, ...open(subject, input, random, serve) }));
  await turns(TURNS);
  const suspects = opened.filter((one) => one.judge() !== undefined);
  // Whoever looks wrong may only be late.
  if (suspects.length > 0) await turns(50);
  return {
    cases: inputs.length,
    compared: opened.filter(({ ours, raw }) => ours.messages[0]?.whole === true && raw.messages[0]?.whole === true)
      .length,
    differences: suspects.flatMap((one) => {
      const why = one.judge();
      return why === undefined ? [] : [{ input: one.input, why }];
    }),
  };
}

/** Judges mutated samples of `seed` until `more` says no; it is asked with the number of cases so far. */
export async function fuzz(subject: Subject, seed: number, more: (cases: number) => boolean): Promise<FuzzResult> {
  const random = createSeededRandom(seed);
  const samples = subject === 'requests' ? requestSamples : responseSamples;
  const differences: FuzzResult['differences'][number][] = [];
  let cases = 0;
  let compared = 0;
  while (more(cases) && differences.length < 20) {
    const inputs = Array.from({ length: BATCH }, () => mutate(random, samples));
    const result = await judge(subject, inputs, seed + cases);
    cases += result.cases;
    compared += result.compared;
    differences.push(...result.differences);
  }
  return { cases, compared, differences };
}
