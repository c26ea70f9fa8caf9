// The response that a function's JSON stands for (User Guide: Lambda functions as targets).

import { STATUS_CODES } from 'node:http';
import { MAX_HEAD_BYTES } from '../http1/request-head.ts';

/** A response to a client. */
export interface FunctionResponse {
  readonly status: number;
  /** Header lines for the client, each with its CRLF, as latin1 text; without those that the proxy writes. */
  readonly lines: string;
  readonly body: Buffer;
}

/** Lines that frame the message or belong to one connection: the proxy writes its own. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-amzn-requestid',
]);

const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// oxlint-disable-next-line no-control-regex -- a value with these would end its line
const badValue = /[\0-\x08\x0a-\x1f\x7f]/;

/** Reads what a function answered; a sentence when it is not a response. Header values may be lists, each entry its own line. */
export function parseFunctionResponse(payload: Buffer): FunctionResponse | string {
  let document: unknown;
  try {
    document = JSON.parse(payload.toString('utf8'));
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(document)) return 'it is not a JSON object';
  const { statusCode, headers, body, isBase64Encoded } = document;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599)
    return 'statusCode is not a number from 200 to 599';
  if (isBase64Encoded !== undefined && isBase64Encoded !== null && typeof isBase64Encoded !== 'boolean')
    return 'isBase64Encoded is not a boolean';
  if (body !== undefined && body !== null && typeof body !== 'string') return 'body is not a string';
  const lines = formatHeaders(headers);
  if ('problem' in lines) return lines.problem;
  // As of a target's response.
  if (lines.text.length > MAX_HEAD_BYTES) return 'its headers are too long';
  const bytes = isBase64Encoded === true ? decodeBase64(body ?? '') : Buffer.from(body ?? '', 'utf8');
  return bytes === undefined ? 'body is not base64' : { status: statusCode, lines: lines.text, body: bytes };
}

/** The response as the head's latin1 text. `withBody` is false for HEAD, whose response tells the length all the same. */
export function formatFunctionHead(response: FunctionResponse, requestId: string, connection: string): string {
  const { status, lines, body } = response;
  const length = status === 204 || status === 304 ? '' : `content-length: ${body.length}\r\n`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}${length}x-amzn-requestid: ${requestId}\r\n${connection}\r\n`;
}

function formatHeaders(headers: unknown): { readonly text: string } | { readonly problem: string } {
  if (headers === undefined || headers === null) return { text: '' };
  if (!isObject(headers)) return { problem: 'headers is not an object' };
  let text = '';
  for (const [name, value] of Object.entries(headers)) {
    if (!namePattern.test(name))
      return { problem: `the header name ${JSON.stringify(name.slice(0, 100))} is not possible` };
    if (dropped.has(name.toLowerCase()) || value === null) continue;
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean')
        return { problem: `the value of the header ${name} is not a string` };
      const bytes = Buffer.from(String(one), 'utf8').toString('latin1');
      if (badValue.test(bytes)) return { problem: `the value of the header ${name} has control characters` };
      text += `${name}: ${bytes}\r\n`;
    }
  }
  return { text };
}

function decodeBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]*={0,2}\s*$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
