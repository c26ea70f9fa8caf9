// Whether auth policies allow a request: what they see of it, and what they say. Pure; explain records the same.

import {
  decideInvoke,
  findTagFor,
  spend,
  type Budget,
  type KeyValue,
  type PolicyRecorder,
  type PolicyRequest,
  type Principal,
  type Verdict,
} from '../../policy/index.ts';
import { findHeader } from '../http1/header-lines.ts';
import type { Signing } from '../identity/authenticate.ts';
import type { Caller } from '../identity/caller.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { Door } from '../doors.ts';
import type { CompiledService } from '../world.ts';
import { MOST_EFFORT } from './auth-layer.ts';
import { effortOfReadings, readingsOf } from './path-readings.ts';

/** What is known of a client beside its request. */
export interface Client extends Signing {
  readonly address: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** All that policies see of a request. */
export interface Asked {
  readonly door: Door;
  readonly service: CompiledService;
  /** The listener's. */
  readonly port: number;
  readonly head: RequestHead;
  readonly client: Client;
}

/** The action of every request (Service Authorization Reference: VPC Lattice Services). */
export const INVOKE = 'vpc-lattice-svcs:Invoke';

/** A refusal, and the request as the policies saw it. */
export interface AuthRefusal {
  readonly verdict: Exclude<Verdict, { readonly allowed: true }>;
  readonly request: PolicyRequest;
}

/** Hears of every policy that is evaluated, in order, with the request as it sees it: a path that can be read in two ways is two of them. */
export type AuthRecorder = (request: PolicyRequest, ...heard: Parameters<PolicyRecorder>) => void;

/**
 * Why `caller` may not ask this; undefined when nothing is against it. A path that can be read in two ways must be allowed in each: the
 * target may read it as either.
 */
export function authorize(caller: Caller, asked: Asked, record?: AuthRecorder): AuthRefusal | undefined {
  const { door, service } = asked;
  if (door.auth === undefined && service.auth === undefined) return undefined;
  const { path: written } = asked.head;
  const effort = effortOfReadings(written);
  const shared: Shared = { budget: { left: MOST_EFFORT - effort } };
  if (effort > MOST_EFFORT) return tooLong(asked, new InvokeRequest(caller, asked, written, shared));
  // Most paths have one.
  for (const path of effort === 0 ? [written] : readingsOf(written)) {
    const request = new InvokeRequest(caller, asked, path, shared);
    if (record !== undefined) tell(record, caller, asked, path);
    const layers = {
      network: door.auth?.about(caller, request),
      service: service.auth?.about(caller, request),
      caller: caller.policies?.(),
    };
    const verdict = decideInvoke(layers, request);
    if (!verdict.allowed) return { verdict, request };
  }
  return undefined;
}

/** Of a path that has more readings, and longer ones, than are looked at. */
function tooLong({ door, service }: Asked, request: PolicyRequest): AuthRefusal {
  const [policy] = (door.auth ?? service.auth)?.policies ?? [];
  const layer = door.auth === undefined ? 'service-based policy' : 'network-based policy';
  const named = policy === undefined ? {} : { policy: policy.name };
  return { verdict: { allowed: false, layer, effect: 'Deny', ...named, costly: true }, request };
}

/**
 * Who records hears of every statement, and not only of those that can be about the caller; and at nobody's expense: else a request would be judged
 * by what is left.
 */
function tell(record: AuthRecorder, caller: Caller, asked: Asked, path: string): void {
  const { door, service } = asked;
  const request = new InvokeRequest(caller, asked, path, { budget: { left: Infinity } });
  const layers = { network: door.auth, service: service.auth, caller: caller.policies?.() };
  decideInvoke(layers, request, (layer, policy, evaluation) => record(request, layer, policy, evaluation));
}

const HEADER = 'vpc-lattice-svcs:requestheader/';
const QUERY = 'vpc-lattice-svcs:requestquerystring/';
const RESOURCE_TAG = 'aws:resourcetag/';

/** What all readings of a request have in common. */
interface Shared {
  readonly budget: Budget;
  /** Its query, since a policy has asked for something of it. */
  query?: ReadonlyMap<string, readonly string[]>;
}

/** A request as policies see it: what the target gets of it, read when a policy asks. */
class InvokeRequest implements PolicyRequest {
  readonly budget: Budget;
  readonly principal: Principal;
  readonly action = INVOKE;
  readonly resource: string;
  readonly #asked: Asked;
  readonly #path: string;
  readonly #session: Caller['session'];
  readonly #shared: Shared;

  constructor({ principal, session }: Caller, asked: Asked, path: string, shared: Shared) {
    this.budget = shared.budget;
    this.#shared = shared;
    this.principal = principal;
    this.#session = session;
    this.resource = asked.service.record.arn + path;
    this.#asked = asked;
    this.#path = path;
  }

  key(name: string): KeyValue {
    const { door, service, port, head, client } = this.#asked;
    switch (name) {
      case 'vpc-lattice-svcs:port':
        return String(port);
      case 'vpc-lattice-svcs:requestmethod':
        return head.method;
      case 'vpc-lattice-svcs:requestpath':
        return this.#path;
      case 'vpc-lattice-svcs:servicearn':
        return service.record.arn;
      case 'vpc-lattice-svcs:servicenetworkarn':
        return door.network.arn;
      case 'vpc-lattice-svcs:sourcevpc':
        return door.vpc.id;
      case 'vpc-lattice-svcs:sourcevpcowneraccount':
        return door.vpc.account;
      case 'aws:sourceip':
        return client.address;
      case 'aws:securetransport':
        return String(client.secure);
      case 'aws:currenttime':
        return new Date(client.now()).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(client.now() / 1000));
      case 'aws:resourceaccount':
        return service.record.account;
      case 'aws:requestedregion':
        return service.record.arn.split(':')[3];
      case 'aws:useragent':
        return this.#header('user-agent');
      case 'aws:referer':
        return this.#header('referer');
      case 'aws:viaawsservice':
        return 'false';
      case 'aws:tokenissuetime':
        return this.#session && new Date(this.#session.issued).toISOString();
      case 'aws:sourceidentity':
        return this.#session?.sourceIdentity;
      default:
        if (name.startsWith(HEADER)) return this.#header(name.slice(HEADER.length).toLowerCase());
        if (name.startsWith(QUERY)) return this.#query(name.slice(QUERY.length));
        return name.startsWith(RESOURCE_TAG)
          ? findTagFor(this, service.record.tags ?? {}, name.slice(RESOURCE_TAG.length))
          : undefined;
    }
  }

  /** As the target gets it: what a client names in Connection goes no further, and so it counts for nothing. */
  #header(name: string): string | undefined {
    const { host, forward } = this.#asked.head;
    // Line by line, of which there are a hundred at the most.
    spend(this, Math.min(forward.length / 20, 200));
    return name === 'host' ? host : findHeader(forward, name);
  }

  /** Every value of a query parameter; undefined when it is not there. */
  #query(name: string): readonly string[] | undefined {
    const { target, path } = this.#asked.head;
    if (this.#shared.query === undefined) {
      const query = target.slice(path.length + 1);
      spend(this, effortOfQuery(query));
      this.#shared.query = readQuery(query);
    }
    return this.#shared.query.get(name);
  }
}

/** What `readQuery` costs, in the unit of `Matcher`'s effort. */
function effortOfQuery(query: string): number {
  let parameters = 1;
  for (let at = query.indexOf('&'); at >= 0; at = query.indexOf('&', at + 1)) parameters++;
  return parameters * 60 + query.length / 6;
}

/** The values of every parameter, decoded as forms are. Once for all conditions: a query has room for 20,000 parameters, and a policy for hundreds of conditions. */
function readQuery(query: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}
