// Inputs on which the engine's parsers once read, or accepted, another message than `node:http`.

/** Requests. */
export const foundRequests: readonly string[] = [
  // Chunk extensions that no grammar has.
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5;\r\nhello\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3;?=b\r\nabc\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3;a b\r\nabc\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nhost: a\r\n\r\n',
  // A tab that is part of the coding's name for some.
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\t\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nhost: a\r\n\r\n',
];

/** Responses. */
export const foundResponses: readonly string[] = [
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\t\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked \t \r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;?=b\r\nabc\r\n0\r\n\r\n',
];
