// The head of a request as its target gets it: the client's lines that go on, and those that the proxy adds (User Guide: HTTP targets).

import type { Caller } from '../identity/caller.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { RouteText } from './route-text.ts';

/** Writes the heads of one client's requests to listener port `port`. */
export function createUpstreamHead(
  clientAddress: string,
  port: number,
): (head: RequestHead, text: RouteText, caller: Caller, requestId: string) => string {
  const lines = `\r\nx-forwarded-port: ${port}\r\nx-forwarded-for-port: ${port}\r\nx-forwarded-proto: http\r\nx-forwarded-for-proto: http\r\n`;
  return ({ method, target, forward, forwardedFor }, text, caller, requestId) => {
    const chain = forwardedFor === '' ? clientAddress : `${forwardedFor}, ${clientAddress}`;
    const identity = caller.kind === 'principal' ? caller.headers : '';
    return `${method} ${target} HTTP/1.1\r\n${forward}x-forwarded-for: ${chain}${lines}${text.headers}${identity}x-amzn-requestid: ${requestId}\r\n\r\n`;
  };
}
