// The question of explain: a request as a client would send it, read and made the bytes of a head.

import type { ExplainQuestion } from '../base/explain-question.ts';

/** A question that was understood. */
export interface ReadQuestion {
  /** Lower case, without final dot; an address without brackets. */
  readonly host: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** A whole head in latin1, with its empty line. */
  readonly head: string;
}

const urlForm = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?([/?][^#\s]*)?(?:#\S*)?$/i;
const methodForm = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;
const headerForm = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\r\n\0]*)$/;

interface UrlParts extends Pick<ReadQuestion, 'host' | 'isAddress' | 'port'> {
  readonly target: string;
  /** As Host has it. */
  readonly authority: string;
}

/** What is wrong with a URL, in a sentence; else its parts. */
function readUrl(url: string): UrlParts | { readonly problem: string } {
  const [, scheme, authority = '', portText, rest = '/'] = url.isWellFormed() ? (urlForm.exec(url) ?? []) : [];
  if (scheme === undefined)
    return { problem: `the URL is not of the form http://NAME[:PORT]/path?query: ${url.slice(0, 200)}` };
  if (scheme.toLowerCase() === 'https') return { problem: 'TLS is not carried yet: ask with http://' };
  const port = portText === undefined ? 80 : Number(portText);
  if (port < 1 || port > 65535) return { problem: `the URL's port is not from 1 to 65535: ${portText}` };
  const isAddress = authority.startsWith('[') || /^[\d.]+$/.test(authority);
  const host = authority.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (host.length > 253 || host.split('.').some((label) => (label === '' && !isAddress) || label.length > 63))
    return { problem: `the URL's host is no host name: ${authority.slice(0, 200)}` };
  // What a client does with characters that a request line cannot have.
  const target = (rest.startsWith('?') ? `/${rest}` : rest).replace(/[^\x21-\x7e]/gu, encodeURIComponent);
  return { host, isAddress, port, target, authority: port === 80 ? authority : `${authority}:${port}` };
}

/** Reads a question; what is wrong with it, in a sentence. */
export function readQuestion({ method, url, headers }: ExplainQuestion): ReadQuestion | { readonly problem: string } {
  if (!methodForm.test(method)) return { problem: `no method of HTTP: ${method.slice(0, 64)}` };
  const read = readUrl(url);
  if ('problem' in read) return read;
  const lines: string[] = [];
  let named = false;
  for (const header of headers) {
    const [, name, value = ''] = headerForm.exec(header) ?? [];
    if (name === undefined) return { problem: `a header is not of the form 'name: value': ${header.slice(0, 200)}` };
    named ||= name.toLowerCase() === 'host';
    lines.push(`${name}: ${value.trim()}\r\n`);
  }
  const { host, isAddress, port, target, authority } = read;
  const text = `${method} ${target} HTTP/1.1\r\n${named ? '' : `host: ${authority}\r\n`}${lines.join('')}\r\n`;
  // On the wire a character beyond ASCII is the bytes of its UTF-8.
  return { host, isAddress, port, head: Buffer.from(text, 'utf8').toString('latin1') };
}
