// Responses that Pergola itself gives: fixed responses and errors.

import { STATUS_CODES } from 'node:http';

/** The whole response as latin1 text. `reason` (a sentence, may be empty) is the body; fixed responses have none. `told` is the header `x-pergola-reason`. */
export function formatAnswer(
  status: number,
  reason: string,
  requestId: string,
  keepAlive: boolean,
  headOnly: boolean,
  told?: string,
): string {
  const body = reason === '' ? '' : `${reason}\n`;
  const noBody = status === 204 || status === 304 || status < 200;
  const framing = noBody
    ? ''
    : `content-length: ${body.length}\r\n${body === '' ? '' : 'content-type: text/plain\r\n'}`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${framing}${requestId === '' ? '' : `x-amzn-requestid: ${requestId}\r\n`}${told === undefined ? '' : `x-pergola-reason: ${told}\r\n`}${keepAlive ? '' : 'connection: close\r\n'}\r\n${noBody || headOnly ? '' : body}`;
}
