// The codec of restJson1: method and URI choose the operation; labels, query and a JSON body carry its input.

import type { SignatureFailureCode } from '../sigv4/index.ts';
import type { Codec, FoundOperation, Service, WireRequest, WireResponse } from './codec.ts';
import { decodeJson } from './decode.ts';
import { encodeJson } from './encode-json.ts';
import { decodeBoundMembers, isInBody } from './http-bindings.ts';
import { describeIssues, type Issue } from './issue.ts';
import { parseJsonBody } from './json-body.ts';
import { obstacles } from './obstacle.ts';
import { membersOf, type Operation } from './schema.ts';
import { ServiceError } from './service-error.ts';
import { buildUriIndex, findByUri, type UriIndex } from './uri-index.ts';

/** Makes the codec; it indexes a service's URIs when it first meets the service. */
export function createRestJson(): Codec {
  const indexes = new WeakMap<Service, UriIndex>();
  const indexOf = (service: Service): UriIndex => {
    const known = indexes.get(service);
    if (known !== undefined) return known;
    const index = buildUriIndex(service.schema.operations.values());
    indexes.set(service, index);
    return index;
  };
  return {
    findOperation: (service, request) => findByUri(indexOf(service), request.method, request.path),
    decodeInput,
    encodeResult,
    encodeError,
    refusals,
  };
}

function decodeInput({ operation, labels }: FoundOperation, request: WireRequest, issues: Issue[]): unknown {
  const members = membersOf(operation.input);
  const body = members.some(([, member]) => isInBody(member)) ? parseJsonBody(request.body, issues) : {};
  return decodeBoundMembers(members, labels, request, issues, (name, member) => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    return value === undefined || value === null ? undefined : decodeJson(member, value, name, issues);
  });
}

function encodeResult(_service: Service, operation: Operation, output: unknown): WireResponse {
  const status = operation.http?.status ?? 200;
  if (status === 204) return { status, headers: {}, body: '' };
  const body = JSON.stringify(encodeJson(operation.output, output ?? {}) ?? {});
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function encodeError(service: Service, error: ServiceError): WireResponse {
  const shape = service.schema.errors.get(error.code);
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-errortype': error.code };
  const fields: Record<string, unknown> = { message: error.message };
  for (const [name, member] of shape === undefined ? [] : membersOf(shape.schema)) {
    const value = error.fields[name];
    const header = member.getMergedTraits().httpHeader;
    if (value === undefined || name === 'message') continue;
    if (header === undefined) fields[name] = encodeJson(member, value);
    else headers[header.toLowerCase()] = String(value);
  }
  return { status: error.status ?? shape?.status ?? 400, headers, body: JSON.stringify(fields) };
}

const refusals: Codec['refusals'] = {
  turnedAway(reason, message) {
    const [code, status] = obstacles[reason];
    return new ServiceError(`${code}Exception`, message, { status });
  },
  unknownOperation: ({ method, path }) =>
    new ServiceError('ValidationException', `Unable to determine the operation of ${method} ${path}`, {
      fields: { reason: 'unknownOperation' },
    }),
  badInput(issues) {
    const unreadable = issues.some(({ kind }) => kind === 'unreadable');
    const fieldList = issues.filter(({ path }) => path !== '').map(({ path, message }) => ({ name: path, message }));
    return new ServiceError('ValidationException', describeIssues(issues), {
      fields: {
        reason: unreadable ? 'cannotParse' : 'fieldValidationFailed',
        ...(fieldList.length === 0 ? {} : { fieldList }),
      },
    });
  },
  badSignature({ code, message }) {
    const [name, status] = signatureRefusals[code];
    return new ServiceError(name, message, { status });
  },
  notImplemented: (operation) =>
    new ServiceError('NotImplementedException', `Pergola does not implement ${operation} yet.`, { status: 501 }),
  internal: (requestId) =>
    new ServiceError('InternalServerException', `An internal error occurred; see the log for request ${requestId}.`, {
      status: 500,
    }),
};

/** What AWS's JSON front ends call the failures (api.md 3, "common to all AWS front ends"). */
const signatureRefusals: Readonly<Record<SignatureFailureCode, readonly [code: string, status: number]>> = {
  MissingAuthenticationToken: ['MissingAuthenticationTokenException', 403],
  IncompleteSignature: ['IncompleteSignature', 400],
  SignatureDoesNotMatch: ['InvalidSignatureException', 403],
  ClockSkew: ['InvalidSignatureException', 403],
  RequestExpired: ['RequestExpired', 400],
  UnrecognizedClient: ['UnrecognizedClientException', 403],
  ExpiredToken: ['ExpiredTokenException', 403],
};
