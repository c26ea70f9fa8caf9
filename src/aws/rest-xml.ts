// The codec of restXml: method and URI choose the operation; labels, query and an XML body carry its input.

import type { Codec, FoundOperation, Service, WireRequest, WireResponse } from './codec.ts';
import { decodeXmlMember } from './decode-xml.ts';
import { encodeXmlMembers, xmlText } from './encode-xml.ts';
import { decodeBoundMembers, isInBody } from './http-bindings.ts';
import { addIssue, describeIssues, type Issue } from './issue.ts';
import { obstacles } from './obstacle.ts';
import { membersOf, type Operation } from './schema.ts';
import { ServiceError } from './service-error.ts';
import { xmlSignatureRefusals } from './signature-refusals.ts';
import { buildUriIndex, findByUri, type UriIndex } from './uri-index.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** Makes the codec; it indexes a service's URIs when it first meets the service. */
export function createRestXml(): Codec {
  const indexes = new WeakMap<Service, UriIndex>();
  const indexOf = (service: Service): UriIndex => {
    const known = indexes.get(service);
    if (known !== undefined) return known;
    const index = buildUriIndex(service.schema.operations.values());
    indexes.set(service, index);
    return index;
  };
  return {
    findOperation(service, { method, path }) {
      // Older models, and the clients made of them, end some of Route 53's URIs in a slash.
      const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
      return findByUri(indexOf(service), method, trimmed);
    },
    decodeInput,
    encodeResult,
    encodeError,
    refusals,
  };
}

const nothing: XmlElement = { name: '', text: '', children: [] };

function decodeInput({ operation, labels }: FoundOperation, request: WireRequest, issues: Issue[]): unknown {
  const members = membersOf(operation.input);
  const root = members.some(([, member]) => isInBody(member)) ? parseBody(request.body, issues) : nothing;
  return decodeBoundMembers(members, labels, request, issues, (name, member) =>
    decodeXmlMember(name, member, root, '', issues),
  );
}

function parseBody(body: Buffer, issues: Issue[]): XmlElement {
  if (body.length === 0) return nothing;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    addIssue(issues, { kind: 'unreadable', path: '', message: 'The body is not UTF-8' });
    return nothing;
  }
  const root = parseXml(text);
  if (!('problem' in root)) return root;
  addIssue(issues, { kind: 'unreadable', path: '', message: root.problem });
  return nothing;
}

function xmlResponse(status: number, headers: Readonly<Record<string, string>>, body: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function encodeResult(service: Service, operation: Operation, output: unknown): WireResponse {
  const value = (typeof output === 'object' && output !== null ? output : {}) as Readonly<Record<string, unknown>>;
  const headers: Record<string, string> = {};
  const inBody: Record<string, unknown> = {};
  for (const [name, member] of membersOf(operation.output)) {
    const header = member.getMergedTraits().httpHeader;
    if (value[name] === undefined) continue;
    if (header === undefined) inBody[name] = value[name];
    else headers[header.toLowerCase()] = String(value[name]);
  }
  const root = `${operation.name}Response`;
  const members = encodeXmlMembers(operation.output, inBody);
  return xmlResponse(
    operation.http?.status ?? 200,
    headers,
    `<${root} xmlns="${service.definition.xmlNamespace ?? ''}">${members}</${root}>`,
  );
}

function encodeError(service: Service, error: ServiceError, requestId: string): WireResponse {
  const status = error.status ?? service.schema.errors.get(error.code)?.status ?? 400;
  const type = xmlText('Type', status < 500 ? 'Sender' : 'Receiver');
  return xmlResponse(
    status,
    {},
    `<ErrorResponse xmlns="${service.definition.xmlNamespace ?? ''}"><Error>${type}${xmlText('Code', error.code)}${xmlText('Message', error.message)}</Error>${xmlText('RequestId', requestId)}</ErrorResponse>`,
  );
}

const refusals: Codec['refusals'] = {
  turnedAway(reason, message) {
    const [code, status] = obstacles[reason];
    return new ServiceError(code, message, { status });
  },
  unknownOperation: ({ method, path }) =>
    new ServiceError('UnknownOperationException', `There is no operation at ${method} ${path.slice(0, 255)}.`, {
      status: 404,
    }),
  badInput(issues, { definition }) {
    const unreadable = issues.some(({ kind }) => kind === 'unreadable');
    const code = unreadable ? 'MalformedInput' : (definition.invalidInput ?? 'ValidationError');
    return new ServiceError(code, describeIssues(issues), { status: 400 });
  },
  badSignature({ code, message }) {
    const [name, status] = xmlSignatureRefusals[code];
    return new ServiceError(name, message, { status });
  },
  notImplemented: (operation) =>
    new ServiceError('NotImplemented', `Pergola does not implement ${operation} yet.`, { status: 501 }),
  internal: (requestId) =>
    new ServiceError('InternalFailure', `An internal error occurred; see the log for request ${requestId}.`, {
      status: 500,
    }),
};
