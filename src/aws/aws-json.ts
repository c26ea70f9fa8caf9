// The codecs of awsJson1.0 and 1.1: every call is a POST of `/`, `X-Amz-Target` names the operation, times are seconds since 1970.

import type { SignatureFailureCode } from '../sigv4/index.ts';
import type { Codec, FoundOperation, Service, WireRequest, WireResponse } from './codec.ts';
import { decodeJson } from './decode.ts';
import { encodeJson } from './encode-json.ts';
import { describeIssues, type Issue } from './issue.ts';
import { parseJsonBody } from './json-body.ts';
import { obstacles } from './obstacle.ts';
import { membersOf, type Operation } from './schema.ts';
import { ServiceError } from './service-error.ts';
import { parseTarget } from './target.ts';

/** Makes the codec of a version; the two differ in the content type alone (Smithy: awsJson1_0, awsJson1_1). */
export function createAwsJson(version: '1.0' | '1.1'): Codec {
  const contentType = `application/x-amz-json-${version}`;
  const answer = (status: number, value: unknown): WireResponse => ({
    status,
    headers: { 'content-type': contentType },
    body: JSON.stringify(value),
  });
  return {
    findOperation,
    decodeInput,
    encodeResult: (_service: Service, operation: Operation, output: unknown) =>
      answer(200, encodeJson(operation.output, output ?? {}, 'epoch') ?? {}),
    encodeError(service: Service, error: ServiceError) {
      const shape = service.schema.errors.get(error.code);
      const known = shape === undefined ? [] : membersOf(shape.schema);
      const fields: Record<string, unknown> = { __type: error.code };
      for (const [name, member] of known)
        if (name.toLowerCase() !== 'message' && error.fields[name] !== undefined)
          fields[name] = encodeJson(member, error.fields[name], 'epoch');
      // Some models name the member `Message`; clients read either.
      fields[known.find(([name]) => name.toLowerCase() === 'message')?.[0] ?? 'message'] = error.message;
      return answer(error.status ?? shape?.status ?? 400, fields);
    },
    refusals,
  };
}

function findOperation(service: Service, request: WireRequest): FoundOperation | undefined {
  const target = parseTarget(request.headers.get('x-amz-target'));
  if (target === undefined || target.prefix !== service.definition.targetPrefix) return undefined;
  if (request.method !== 'POST' || request.path !== '/') return undefined;
  const operation = service.schema.operations.get(target.operation);
  return operation === undefined ? undefined : { operation, labels: new Map() };
}

function decodeInput({ operation }: FoundOperation, request: WireRequest, issues: Issue[]): unknown {
  return decodeJson(operation.input, parseJsonBody(request.body, issues), '', issues);
}

const refusals: Codec['refusals'] = {
  turnedAway(reason, message) {
    const [code, status] = obstacles[reason];
    return new ServiceError(`${code}Exception`, message, { status });
  },
  unknownOperation(request) {
    const target = request.headers.get('x-amz-target')?.slice(0, 255);
    return new ServiceError(
      'UnknownOperationException',
      target === undefined
        ? 'The request has no X-Amz-Target header.'
        : `There is no operation '${target}' at ${request.method} ${request.path.slice(0, 255)}.`,
      { status: 400 },
    );
  },
  badInput(issues, { definition }) {
    const unreadable = issues.some(({ kind }) => kind === 'unreadable');
    const code = unreadable ? 'SerializationException' : (definition.invalidInput ?? 'ValidationException');
    return new ServiceError(code, describeIssues(issues), { status: 400 });
  },
  badSignature({ code, message }) {
    return new ServiceError(signatureRefusals[code], message, { status: 400 });
  },
  notImplemented: (operation) =>
    new ServiceError('NotImplementedException', `Pergola does not implement ${operation} yet.`, { status: 501 }),
  internal: (requestId) =>
    new ServiceError('InternalFailure', `An internal error occurred; see the log for request ${requestId}.`, {
      status: 500,
    }),
};

/** What AWS's awsJson front ends call the failures; their status is 400 (DynamoDB Developer Guide, "Error handling"). */
const signatureRefusals: Readonly<Record<SignatureFailureCode, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  ClockSkew: 'InvalidSignatureException',
  RequestExpired: 'RequestExpiredException',
  UnrecognizedClient: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
};
