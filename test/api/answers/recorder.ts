// Asks the API for answers, by operation and case, and keeps their members beside what was wrong with them.

import * as sdk from '@aws-sdk/client-vpc-lattice';
import { readServiceSchema } from '../../../src/aws/index.ts';
import { membersOfJson, wrongTypes } from './members.ts';
import type { RawAnswer, RawClient } from './raw-client.ts';

/** The operations of the SDK's schema. */
export const latticeSchema = readServiceSchema({ ...sdk });

/** A command of the SDK, whichever. */
interface Command {
  readonly input: object;
}

/** One answer: what it has, and what is wrong with it whatever it should have. */
export interface Recorded {
  readonly status: number;
  readonly members: string;
  readonly problems: readonly string[];
}

/** The JSON of an answer. */
export type Json = Readonly<Record<string, unknown>>;

/** What asks, and what it has heard: by operation, then by case. */
export interface Recorder {
  /** The answer to `command`, remembered as `name`; of a list only the item with the id `only`. */
  readonly ask: (name: string, command: Command, only?: string) => Promise<Json>;
  readonly heard: ReadonlyMap<string, ReadonlyMap<string, Recorded>>;
}

/** A recorder that calls through `client`. */
export function createRecorder(client: RawClient): Recorder {
  const heard = new Map<string, Map<string, Recorded>>();
  return {
    heard,
    async ask(name, command, only) {
      const operation = command.constructor.name.replace(/Command$/, '');
      const answer = await client.call((sdkClient) => sdkClient.send(command as never));
      const whole = (answer.body === '' ? {} : JSON.parse(answer.body)) as Json;
      if (answer.status >= 300) throw new Error(`${operation} (${name}): ${answer.status} ${answer.body}`);
      const items = whole['items'] as readonly Json[] | undefined;
      const json =
        only === undefined ? whole : { ...whole, items: items?.filter(({ id, arn }) => id === only || arn === only) };
      const cases = heard.get(operation) ?? new Map<string, Recorded>();
      heard.set(operation, cases);
      if (cases.has(name)) throw new Error(`${operation} was asked twice for ${name}`);
      const problems = [...problemsOf(answer), ...typeProblems(operation, whole)];
      cases.set(name, { status: answer.status, members: membersOfJson(json), problems });
      return whole;
    },
  };
}

function typeProblems(operation: string, json: Json): readonly string[] {
  const output = latticeSchema.operations.get(operation)?.output;
  if (output === undefined) return [`${operation} is not in the schema`];
  return output.isUnitSchema() ? [] : wrongTypes(output, json);
}

/** What every answer has: a request id, and JSON unless there is nothing to say (api.md 2). */
export function problemsOf({ status, headers, body }: RawAnswer): readonly string[] {
  const problems: string[] = [];
  const id = headers.get('x-amzn-requestid') ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) problems.push(`x-amzn-requestid: ${id}`);
  if (status === 204) {
    if (body !== '') problems.push(`a body with 204: ${body}`);
  } else if (headers.get('content-type') !== 'application/json') {
    problems.push(`content-type: ${headers.get('content-type')}`);
  }
  return problems;
}
