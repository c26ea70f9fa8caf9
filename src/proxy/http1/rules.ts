// What the engine refuses and what it writes in another way than it came, each with where that is written; parsers and answers take their words from here.

/** One thing that is refused. */
export interface Refusal {
  /** The status of the answer: to the client itself, or 502 in place of a target's response. */
  readonly status: number;
  /** A sentence without its end: the answer's body, and what the log says. */
  readonly reason: string;
  /** The section that says so, or whose choice it is. */
  readonly source: string;
}

/** Requests that are refused. The connection ends after the answer. */
export const refusals = {
  requestLine: { status: 400, reason: 'malformed request line', source: 'RFC 9112 3' },
  version: { status: 505, reason: 'a version other than HTTP/1.0 and HTTP/1.1', source: 'RFC 9112 2.3' },
  connect: { status: 501, reason: 'CONNECT is not for services', source: 'RFC 9110 9.3.6, 15.6.2' },
  target: { status: 400, reason: 'malformed request target', source: 'RFC 9112 3.2' },
  targetAsterisk: { status: 400, reason: 'target * is for OPTIONS', source: 'RFC 9112 3.2.4' },
  targetFragment: { status: 400, reason: 'fragment in the request target', source: 'RFC 9112 3.2.1' },
  targetSecure: { status: 421, reason: 'a target of https on a connection without TLS', source: 'RFC 9110 7.4' },
  requestLineLong: { status: 414, reason: 'the request line is too long', source: 'RFC 9112 3' },
  headBytes: { status: 400, reason: 'malformed head', source: 'RFC 9112 2.2 (bare LF), RFC 9110 5.5 (NUL)' },
  headLong: { status: 400, reason: 'the headers are too long', source: 'User Guide: Quotas' },
  headersMany: { status: 400, reason: 'too many headers', source: 'User Guide: Quotas' },
  headerLine: { status: 400, reason: 'malformed header line', source: 'RFC 9112 5, 5.1, 5.2; RFC 9110 5.5' },
  hostMissing: { status: 400, reason: 'Host missing', source: 'RFC 9112 3.2' },
  hostTwice: { status: 400, reason: 'Host given twice', source: 'RFC 9112 3.2' },
  host: { status: 400, reason: 'malformed Host', source: 'RFC 9112 3.2' },
  expectation: { status: 417, reason: 'unknown expectation', source: 'RFC 9110 10.1.1' },
  connectionOption: { status: 400, reason: 'Connection names a header that must stay', source: 'RFC 9110 7.6.1' },
  length: { status: 400, reason: 'malformed Content-Length', source: 'RFC 9112 6.3' },
  lengthTwice: { status: 400, reason: 'Content-Length given twice', source: 'RFC 9112 6.3, 11.2' },
  coding: { status: 501, reason: 'transfer coding other than chunked', source: 'RFC 9112 6.1' },
  codingTwice: { status: 400, reason: 'Transfer-Encoding given twice', source: 'RFC 9112 6.1, 11.2' },
  codingAndLength: { status: 400, reason: 'both Content-Length and Transfer-Encoding', source: 'RFC 9112 6.1, 11.2' },
  codingOld: { status: 400, reason: 'Transfer-Encoding in HTTP/1.0', source: 'RFC 9112 6.1' },
  chunkSize: { status: 400, reason: 'malformed chunk size', source: 'RFC 9112 7.1' },
  chunkExtension: { status: 400, reason: 'malformed or long chunk extension', source: 'RFC 9112 7.1.1' },
  chunkEnd: { status: 400, reason: 'chunk without its end', source: 'RFC 9112 7.1' },
  trailerLine: { status: 400, reason: 'malformed trailer line', source: 'RFC 9112 7.1.2' },
  trailerField: { status: 400, reason: 'a trailer that belongs into the head', source: 'RFC 9110 6.5.1' },
  trailersLong: { status: 431, reason: 'the trailers are too long', source: 'RFC 6585 5' },
  bodyLong: { status: 413, reason: 'the body is too long', source: 'RFC 9110 15.5.14; limit maxRequestBody' },
  headSlow: {
    status: 408,
    reason: 'the request head took too long',
    source: 'RFC 9110 15.5.9; limit requestHeadTimeout',
  },
  bodySlow: {
    status: 408,
    reason: 'the rest of the request did not come within the idle timeout',
    source: "RFC 9110 15.5.9; the service's idle timeout",
  },
  connectionsMany: { status: 503, reason: 'too many connections', source: 'limit maxConnectionsPerDoor' },
} as const satisfies Readonly<Record<string, Refusal>>;

/** Responses that are refused: the client gets 502, or a cut connection when its response had begun. */
export const responseRefusals = {
  statusLine: { status: 502, reason: 'malformed status line', source: 'RFC 9112 4' },
  headBytes: { status: 502, reason: 'malformed head', source: 'RFC 9112 2.2 (bare LF), RFC 9110 5.5 (NUL)' },
  headLong: { status: 502, reason: 'the headers are too long', source: 'RFC 9110 5.4' },
  headerLine: { status: 502, reason: 'malformed header line', source: 'RFC 9112 5, 5.1, 5.2; RFC 9110 5.5' },
  length: { status: 502, reason: 'malformed Content-Length', source: 'RFC 9112 6.3' },
  coding: { status: 502, reason: 'transfer coding other than chunked', source: 'RFC 9112 6.1' },
  codingTwice: { status: 502, reason: 'Transfer-Encoding given twice', source: 'RFC 9112 6.1, 11.1' },
  codingAndLength: { status: 502, reason: 'both Content-Length and Transfer-Encoding', source: 'RFC 9112 6.1, 11.1' },
  codingOld: { status: 502, reason: 'Transfer-Encoding in HTTP/1.0', source: 'RFC 9112 6.1' },
  interimMany: { status: 502, reason: 'interim responses without end', source: 'RFC 9110 15.2' },
  switched: { status: 502, reason: 'another protocol that nobody asked for', source: 'RFC 9110 7.8' },
  body: { status: 502, reason: 'malformed chunked body', source: 'RFC 9112 7.1' },
} as const satisfies Readonly<Record<string, Refusal>>;

/** One thing that is written anew or left out on the way. */
export interface Normalisation {
  readonly what: string;
  readonly becomes: string;
  readonly source: string;
}

/** What is accepted and leaves in another way than it came. Everything else leaves byte for byte. */
export const normalisations = {
  emptyLines: { what: 'empty lines before a request', becomes: 'nothing', source: 'RFC 9112 2.2' },
  version: { what: 'HTTP/1.0, HTTP/1.2 and so on', becomes: 'HTTP/1.1', source: 'RFC 9110 6.2, 7.6' },
  absoluteForm: {
    what: 'an absolute request target',
    becomes: 'origin-form, and its authority in place of Host',
    source: 'RFC 9112 3.2.2, 3.2.4',
  },
  framing: {
    what: 'Content-Length and Transfer-Encoding with zeros, capitals or blanks that not every parser reads alike',
    becomes: 'the plain writing, after the other headers',
    source: 'RFC 9112 6',
  },
  hopByHop: {
    what: 'Connection, Keep-Alive, Proxy-Connection, and what Connection names',
    becomes: 'nothing',
    source: 'RFC 9110 7.6.1',
  },
  te: { what: 'TE', becomes: '`te: trailers` if that is in it, else nothing', source: 'RFC 9110 10.1.4' },
  upgrade: {
    what: 'Upgrade',
    becomes: '`upgrade: websocket` in a GET without body that asks for that, else nothing',
    source: 'RFC 9110 7.8',
  },
  expectOld: { what: 'Expect in HTTP/1.0, or with no value', becomes: 'nothing', source: 'RFC 9110 10.1.1' },
  ownHeaders: {
    what: 'x-forwarded-for, -port, -proto, -for-port and -for-proto, x-amzn-lattice-identity, -identity-tags, -network and -target, x-amzn-source-vpc and x-amzn-requestid of the client, with underscores too',
    becomes: "the engine's own; x-forwarded-for is appended to, the request id kept",
    source: 'User Guide: HTTP targets',
  },
} as const satisfies Readonly<Record<string, Normalisation>>;

/** The same for responses. */
export const responseNormalisations = {
  version: { what: 'HTTP/1.0', becomes: 'HTTP/1.1', source: 'RFC 9110 6.2' },
  hopByHop: {
    what: 'Connection, Keep-Alive, Proxy-Connection, TE, Upgrade, and what Connection names',
    becomes: 'nothing',
    source: 'RFC 9110 7.6.1',
  },
  lengthTwice: { what: 'Content-Length twice with one value', becomes: 'one of them', source: 'RFC 9112 6.3' },
  noContent: {
    what: 'Content-Length and Transfer-Encoding of 1xx and 204',
    becomes: 'nothing',
    source: 'RFC 9110 8.6, RFC 9112 6.1',
  },
  chunksOld: {
    what: 'a chunked body for a client of HTTP/1.0',
    becomes: 'its data until the connection ends; trailers are dropped',
    source: 'RFC 9112 6.1, 7.1.2',
  },
  interim: {
    what: 'interim responses',
    becomes: 'nothing for HTTP/1.0; 100 only for a client that expects it',
    source: 'RFC 9110 15.2',
  },
  requestId: { what: 'x-amzn-requestid', becomes: "the request's own", source: 'User Guide: HTTP targets' },
} as const satisfies Readonly<Record<string, Normalisation>>;
