// One dial into a VPC, plain or encrypted.

import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type SecureContext } from 'node:tls';

/** How connections to a target are encrypted. */
export interface DialTls {
  /** Whether the certificate must be good for `serverName`, else for the address. AWS takes every certificate. */
  readonly verify: boolean;
  /** Whom to trust; made once for all targets. */
  readonly context: SecureContext;
  /** What is said as SNI; absent: nothing. */
  readonly serverName?: string;
}

/** Where and how to dial: what is needed from the attachment of the target's VPC. */
export interface DialPlan {
  readonly host: string;
  readonly port: number;
  /** Local addresses to dial from, in the order to try; empty: the system's choice. */
  sources(): readonly string[];
  readonly tls?: DialTls;
}

/** How far a dial has come. */
export interface DialEvents {
  /** TCP stands, TLS does not yet; only with TLS. */
  readonly onReached: () => void;
  /** Data can be sent. */
  readonly onConnected: () => void;
  /** What a later TLS connection can shorten its handshake with. */
  readonly onSession: (session: Buffer) => void;
}

/** Dials. `session` is what an earlier TLS connection left. */
export function dialSocket(
  { host, port, tls }: DialPlan,
  localAddress: string | undefined,
  session: Buffer | undefined,
  onread: OnReadOpts,
  events: DialEvents,
): Socket {
  const place = { host, port, ...(localAddress === undefined ? {} : { localAddress }) };
  if (tls === undefined) return connect({ ...place, noDelay: true, onread }).on('connect', events.onConnected);
  // Its types leave `onread` out, which its documentation has.
  const options: ConnectionOptions & { readonly onread: OnReadOpts } = {
    ...place,
    onread,
    rejectUnauthorized: tls.verify,
    secureContext: tls.context,
    ALPNProtocols: ['http/1.1'],
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(session === undefined ? {} : { session }),
  };
  const socket = connectTls(options);
  socket.setNoDelay(true);
  return socket.on('connect', events.onReached).on('secureConnect', events.onConnected).on('session', events.onSession);
}
