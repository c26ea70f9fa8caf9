// What becomes of each request of one client's connection, whatever protocol it speaks: decided, and made ready for its target.

import { SignatureReader } from '../../sigv4/head/index.ts';
import type { ProxyContext } from '../context.ts';
import type { OpenRequest } from '../http1/open-request.ts';
import type { World } from '../world.ts';
import type { Client } from './authorize.ts';
import { decide, type Decision, type Entry } from './decide.ts';
import type { ExchangeStart } from './exchange-record.ts';
import { RouteTextMemo } from './route-text.ts';
import { createUpstreamHead } from './upstream-head.ts';

/** A request that Pergola answers itself. `revision` is of the world that decided it. */
export interface Answered {
  readonly kind: 'answer';
  readonly decision: Extract<Decision, { readonly kind: 'answer' }>;
  readonly requestId: string;
  readonly revision: number;
}

/** A request that an exchange can start with. */
export interface Forwarded {
  readonly kind: 'forward';
  readonly start: ExchangeStart;
}

/** Decides the requests of one connection, and keeps what is the same for most of them. */
export class RequestRouter {
  readonly #context: ProxyContext;
  readonly #entry: Entry;
  readonly #client: Client;
  readonly #texts = new RouteTextMemo();
  readonly #upstreamHead: ReturnType<typeof createUpstreamHead>;

  constructor(context: ProxyContext, entry: Entry, clientAddress: string) {
    this.#context = context;
    this.#entry = entry;
    const signatures = new SignatureReader();
    this.#client = { address: clientAddress, secure: false, signatures, now: () => context.clock.now() };
    this.#upstreamHead = createUpstreamHead(clientAddress, entry.port);
  }

  /** Decides a request by the world as it is now. */
  route({ head, body, headBytes, early }: OpenRequest): Answered | Forwarded {
    const context = this.#context;
    const world = context.world();
    const decision = decide(world, this.#entry, head, this.#client);
    const requestId = head.requestId === '' ? context.random.uuid() : head.requestId;
    if (decision.kind === 'answer') return answered(world, decision, requestId);
    const group = context.groups.find(decision.groupId);
    if (group === undefined) {
      const reason = 'the target group has no registered targets';
      return answered(world, { ...decision, kind: 'answer', status: 503, reason }, requestId);
    }
    const text = this.#texts.get(world, decision);
    const upstreamHead = this.#upstreamHead(head, text, decision.caller, requestId);
    const start = { world, decision, head, requestId, body, text, upstreamHead, group, headBytes, early };
    return { kind: 'forward', start };
  }
}

function answered({ revision }: World, decision: Answered['decision'], requestId: string): Answered {
  return { kind: 'answer', decision, requestId, revision };
}
