// How refusals look on the wire, and calls by the name of their operation.

import assert from 'node:assert/strict';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import type { RawAnswer, RawClient } from './raw-client.ts';
import { problemsOf } from './recorder.ts';

/** Status and members of the errors of VPC Lattice, `message` aside (api.md 3; service model). */
const errors = {
  AccessDeniedException: [403, []],
  ConflictException: [409, ['resourceId', 'resourceType']],
  ResourceNotFoundException: [404, ['resourceId', 'resourceType']],
  ServiceQuotaExceededException: [402, ['quotaCode', 'resourceType', 'serviceCode']],
  ThrottlingException: [429, ['quotaCode', 'serviceCode']],
  ValidationException: [400, ['fieldList', 'reason']],
} as const;

/** The name of an error. */
export type ErrorName = keyof typeof errors;

/** Calls `operation` with `input` as the SDK would. */
export function callByName(client: RawClient, operation: string, input: object): Promise<RawAnswer> {
  const command: unknown = Reflect.get(sdk, `${operation}Command`);
  assert.ok(typeof command === 'function', operation);
  return client.call((lattice) => lattice.send(Reflect.construct(command, [input]) as never));
}

/** The body of `answer`, which has to be the error `name` with exactly its members, a message and the header. */
export function assertError(answer: RawAnswer, name: ErrorName, told = ''): Readonly<Record<string, unknown>> {
  const [status, members] = errors[name];
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  assert.equal(answer.headers.get('x-amzn-errortype'), name, `${told} ${answer.body}`);
  assert.equal(answer.status, status, told);
  assert.deepEqual(Object.keys(body).sort(), ['message', ...members].sort(), told);
  assert.ok(typeof body['message'] === 'string' && body['message'].length > 10, told);
  assert.deepEqual(problemsOf(answer), [], told);
  return body;
}
