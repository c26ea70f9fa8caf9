// One request, for benches that wait until a server serves.

import { request } from 'node:http';

/** The status of a rule's fixed response to a new connection; 0 when there is no answer, or another one. */
export function askFixedResponse(address: string, port: number, path: string, host: string): Promise<number> {
  return new Promise((resolve) => {
    const sent = request({ host: address, port, path, headers: { host }, agent: false, timeout: 1000 }, (response) => {
      response.resume();
      // A fixed response has no body; the answer to an unknown name has.
      resolve(response.headers['content-length'] === '0' ? (response.statusCode ?? 0) : 0);
    });
    sent.on('error', () => resolve(0));
    sent.end();
  });
}
