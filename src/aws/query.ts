// The codecs of the query protocols (STS, IAM) and ec2Query: a form names action, version and parameters; the answer is XML.

import type { SignatureFailureCode } from '../sigv4/index.ts';
import type { Codec, Service, WireRequest, WireResponse } from './codec.ts';
import { encodeXmlMembers, xmlText } from './encode-xml.ts';
import { decodeForm, parseForm, type Form, type FormStyle } from './form.ts';
import { addIssue, describeIssues } from './issue.ts';
import { obstacles } from './obstacle.ts';
import type { Operation } from './schema.ts';
import { ServiceError } from './service-error.ts';
import { xmlSignatureRefusals } from './signature-refusals.ts';

/** What the two protocols call the same refusals. */
interface Vocabulary {
  readonly missing: string;
  readonly invalid: string;
  readonly internal: string;
  readonly signature: Readonly<Record<SignatureFailureCode, readonly [code: string, status: number]>>;
}

/** The words of EC2 (EC2 API reference, "Error codes"). */
const ec2Words: Vocabulary = {
  missing: 'MissingParameter',
  invalid: 'InvalidParameterValue',
  internal: 'InternalError',
  signature: {
    MissingAuthenticationToken: ['MissingAuthenticationToken', 403],
    IncompleteSignature: ['IncompleteSignature', 400],
    SignatureDoesNotMatch: ['AuthFailure', 401],
    ClockSkew: ['RequestExpired', 400],
    RequestExpired: ['RequestExpired', 400],
    UnrecognizedClient: ['AuthFailure', 401],
    ExpiredToken: ['ExpiredToken', 400],
  },
};

/** The words of STS and IAM (their API references, "Common errors"). */
const queryWords: Vocabulary = {
  missing: 'ValidationError',
  invalid: 'ValidationError',
  internal: 'InternalFailure',
  signature: xmlSignatureRefusals,
};

/** Makes the codec of one of the two. */
export function createQuery(style: FormStyle): Codec {
  const words = style === 'ec2Query' ? ec2Words : queryWords;
  const forms = new WeakMap<WireRequest, Form>();
  const formOf = (request: WireRequest): Form => {
    const form = forms.get(request) ?? parseForm(request.query, request.body.toString('utf8'));
    forms.set(request, form);
    return form;
  };
  return {
    findOperation(service, request) {
      const form = formOf(request);
      if (form.children.get('Version')?.text !== service.definition.version) return undefined;
      const operation = service.schema.operations.get(form.children.get('Action')?.text ?? '');
      return operation === undefined ? undefined : { operation, labels: new Map() };
    },
    decodeInput({ operation }, request, issues) {
      const form = formOf(request);
      if (form.problem === undefined) return decodeForm(operation.input, form, style, '', issues);
      addIssue(issues, { kind: 'unreadable', path: '', message: form.problem });
      return undefined;
    },
    encodeResult: style === 'ec2Query' ? encodeEc2Result : encodeQueryResult,
    encodeError: style === 'ec2Query' ? encodeEc2Error : encodeQueryError,
    refusals: {
      turnedAway(reason, message) {
        const [code, status] = obstacles[reason];
        return new ServiceError(code, message, { status });
      },
      unknownOperation(request) {
        const { children, problem } = formOf(request);
        if (problem !== undefined) return new ServiceError(words.invalid, problem);
        const action = children.get('Action')?.text?.slice(0, 255) ?? '';
        const version = children.get('Version')?.text?.slice(0, 255) ?? '(none)';
        return new ServiceError(
          'InvalidAction',
          `The action ${action} is not valid for this web service in version ${version}.`,
        );
      },
      badInput(issues) {
        // IAM and STS have the words of AWS's newer front ends, with members in small letters.
        if (style === 'query' && issues.every(({ kind }) => kind === 'invalid'))
          return new ServiceError(
            words.invalid,
            describeIssues(issues).replace(/ at '([A-Z])/g, (_, letter: string) => ` at '${letter.toLowerCase()}`),
          );
        const missing = issues.find(({ message }) => message.includes('must not be null'));
        if (missing !== undefined)
          return new ServiceError(words.missing, `The request must contain the parameter ${missing.path}`);
        return new ServiceError(
          words.invalid,
          issues
            .map(({ path, message }) => (path === '' ? message : `Invalid value for parameter ${path}: ${message}`))
            .join('; '),
        );
      },
      badSignature({ code, message }) {
        const [name, status] = words.signature[code];
        return new ServiceError(name, message, { status });
      },
      notImplemented: (operation) =>
        new ServiceError('NotImplemented', `Pergola does not implement ${operation} yet.`, { status: 501 }),
      internal: (requestId) =>
        new ServiceError(words.internal, `An internal error occurred; see the log for request ${requestId}.`, {
          status: 500,
        }),
    },
  };
}

function xmlResponse(status: number, body: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function encodeEc2Result(service: Service, operation: Operation, output: unknown, requestId: string): WireResponse {
  const name = `${operation.name}Response`;
  const members = encodeXmlMembers(operation.output, asRecord(output));
  return xmlResponse(
    200,
    `<${name} xmlns="${service.definition.xmlNamespace ?? ''}">${xmlText('requestId', requestId)}${members}</${name}>`,
  );
}

function encodeQueryResult(service: Service, operation: Operation, output: unknown, requestId: string): WireResponse {
  const { name } = operation;
  const members = encodeXmlMembers(operation.output, asRecord(output), 'seconds');
  return xmlResponse(
    200,
    `<${name}Response xmlns="${service.definition.xmlNamespace ?? ''}"><${name}Result>${members}</${name}Result><ResponseMetadata>${xmlText('RequestId', requestId)}</ResponseMetadata></${name}Response>`,
  );
}

function encodeEc2Error(_service: Service, error: ServiceError, requestId: string): WireResponse {
  return xmlResponse(
    error.status ?? 400,
    `<Response><Errors><Error>${xmlText('Code', error.code)}${xmlText('Message', error.message)}</Error></Errors>${xmlText('RequestID', requestId)}</Response>`,
  );
}

function encodeQueryError(service: Service, error: ServiceError, requestId: string): WireResponse {
  const status = error.status ?? service.schema.errors.get(error.code)?.status ?? 400;
  return xmlResponse(
    status,
    `<ErrorResponse xmlns="${service.definition.xmlNamespace ?? ''}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${xmlText('Code', error.code)}${xmlText('Message', error.message)}</Error>${xmlText('RequestId', requestId)}</ErrorResponse>`,
  );
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
