// An SDK client that also gives what stood on the wire: status, headers and the JSON before the SDK reads it.

import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';

/** An answer as the wire had it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What an SDK gives its request handler; only what is used here. */
interface Sent {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Calls as the SDK writes them, answers as the server sent them. One call at a time. */
export interface RawClient extends Disposable {
  /** `send` gets the client and has to make exactly one call; its refusals are answers too. */
  readonly call: (send: (client: VPCLatticeClient) => Promise<unknown>) => Promise<RawAnswer>;
}

/** A raw client of the API at `origin` for `account`. */
export function createRawClient(origin: string, account: string): RawClient {
  let answers: RawAnswer[] = [];
  const client = new VPCLatticeClient({
    region: 'us-east-1',
    endpoint: origin,
    credentials: { accessKeyId: account, secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      async handle(sent: Sent) {
        const query = Object.entries(sent.query ?? {})
          .flatMap(([name, value]) => [value].flat().map((one) => [name, one].map(encodeURIComponent).join('=')))
          .join('&');
        const url = `${origin}${sent.path}${query === '' ? '' : `?${query}`}`;
        const { host: _host, 'content-length': _length, ...headers } = sent.headers;
        const response = await fetch(url, {
          method: sent.method,
          headers,
          ...(sent.body === undefined ? {} : { body: sent.body }),
        });
        const body = await response.text();
        answers.push({ status: response.status, headers: response.headers, body });
        return {
          response: {
            statusCode: response.status,
            headers: Object.fromEntries(response.headers),
            body: new TextEncoder().encode(body),
          },
        };
      },
    },
  });
  return {
    async call(send) {
      answers = [];
      const failure = await send(client).then(
        () => undefined,
        (error: unknown) => error,
      );
      const [answer] = answers;
      if (answer === undefined) throw new Error('no call was made', { cause: failure });
      if (answers.length > 1) throw new Error('more than one call was made');
      return answer;
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}
