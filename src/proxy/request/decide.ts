// What happens to a request: the pure decision that the hot path takes and that explain records.

import { findRule, foldCase, type HeaderText, type Routable, type RuleRecorder } from '../../routing/index.ts';
import { describeRefusal } from '../../policy/index.ts';
import { findHeader } from '../http1/header-lines.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { authenticate, type RefusedSignature } from '../identity/authenticate.ts';
import { loggedCallers, type Caller } from '../identity/caller.ts';
import type { Door } from '../doors.ts';
import type { CompiledListener, CompiledRule, CompiledService, World } from '../world.ts';
import { tellReason, tellsReasons } from './tell-reason.ts';
import { authorize, type AuthRecorder, type AuthRefusal, type Client } from './authorize.ts';

/** The layers that can deny a request; as in the access log's authDeniedReason. */
export type Denial = 'Network' | 'Service' | 'Identity';

/** A decision: an answer of our own, or a target group to forward to. */
export type Decision =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly reason: string;
      readonly door?: Door;
      readonly listener?: CompiledListener;
      readonly rule?: CompiledRule;
      /** Absent: nobody was asked for, or the signature was refused. */
      readonly caller?: Caller;
      /** The header `x-pergola-reason`; absent where the owner of the service has not turned it on. */
      readonly told?: string;
      /** Which layer denied it; `Identity` also when the signature was refused. */
      readonly denied?: Denial;
    }
  | {
      readonly kind: 'forward';
      readonly door: Door;
      readonly caller: Caller;
      readonly listener: CompiledListener;
      readonly rule: CompiledRule;
      readonly groupId: string;
      /** Position of the group in the rule's action. */
      readonly position: number;
    };

/** Where a request came in: the VPC whose socket took the connection, the local address, and the listener port that it stands for. */
export interface Entry {
  readonly vpcId: string;
  readonly localAddress: string;
  readonly port: number;
}

/** Hears how a decision is come to. */
export interface DecisionRecorder {
  /** Asks in place of whom a signature would stand for, or is known to be refused. Absent: signatures are verified. */
  readonly caller?: Caller | RefusedSignature;
  readonly service: (service: CompiledService) => void;
  readonly policy: AuthRecorder;
  readonly rule: RuleRecorder<CompiledRule>;
}

class HeadRoutable implements Routable {
  readonly method: string;
  readonly path: string;
  readonly #lines: string;
  /** Headers that were asked for: many rules ask for the same one. */
  #headers: Map<string, HeaderText | undefined> | undefined;

  constructor(head: RequestHead) {
    this.method = head.method;
    this.path = head.path;
    this.#lines = head.lines;
  }

  header(name: string): HeaderText | undefined {
    this.#headers ??= new Map();
    let header = this.#headers.get(name);
    if (header === undefined && !this.#headers.has(name)) {
      const text = findHeader(this.#lines, name);
      header = text === undefined ? undefined : { text, folded: foldCase(text) };
      this.#headers.set(name, header);
    }
    return header;
  }
}

/** The host name of a Host header: lower case, without port and final dot. IPv6 literals keep their brackets. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  const bare = colon >= 0 && !host.endsWith(']') ? host.slice(0, colon) : host;
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
}

/** As the access log names the kinds of policies. */
function denialOf({ layer }: AuthRefusal['verdict']): Denial {
  if (layer === 'network-based policy') return 'Network';
  return layer === 'service-based policy' ? 'Service' : 'Identity';
}

/** The door that a connection came in by; undefined when its address stands for none. */
export function findDoor(world: World, entry: Entry): Door | undefined {
  return world.vpcs.get(entry.vpcId)?.doorsByAddress.get(entry.localAddress);
}

/** `prepareCaller`'s text for the access log. */
export function loggedCaller({
  door,
  listener,
  caller,
  denied,
}: Pick<Decision, 'door' | 'listener' | 'caller'> & { readonly denied?: Denial }): string {
  if (caller?.kind === 'principal') return caller.logged;
  if (caller === undefined) return denied === undefined ? loggedCallers.unasked : loggedCallers.unknown;
  const asked = door?.network.authType === 'AWS_IAM' || listener?.service.authType === 'AWS_IAM';
  return asked ? loggedCallers.anonymous : loggedCallers.unasked;
}

/** Decides one request: door by address, service by Host, caller by signature, rule by priority, target group by weight. */
export function decide(
  world: World,
  entry: Entry,
  head: RequestHead,
  client: Client,
  record?: DecisionRecorder,
): Decision {
  const door = findDoor(world, entry);
  if (door === undefined)
    return { kind: 'answer', status: 404, reason: 'no service network is reached at this address' };
  const serviceId = door.servicesByHost.get(head.host) ?? door.servicesByHost.get(hostName(head.host));
  const service = serviceId === undefined ? undefined : world.services.get(serviceId);
  if (service === undefined)
    return { kind: 'answer', status: 404, reason: 'no service of this name in the service network', door };
  record?.service(service);
  const listener = service.listeners.get(entry.port);
  if (listener === undefined || listener.record.protocol !== 'HTTP')
    return { kind: 'answer', status: 404, reason: 'the service has no HTTP listener on this port', door };
  const caller = record?.caller ?? authenticate(world, service, head, client);
  if (caller.kind === 'refused')
    return { kind: 'answer', status: 403, reason: caller.reason, door, listener, denied: 'Identity' };
  const asked = { door, service, port: entry.port, head, client };
  const refusal = authorize(caller, asked, record?.policy);
  const way = { door, listener, caller };
  if (refusal !== undefined) {
    // AWS's text of a denial (captures of it in public samples).
    const reason = `AccessDeniedException: ${describeRefusal(refusal.verdict, refusal.request)}`;
    const told = tellsReasons(service.record) ? { told: tellReason(caller, asked, refusal) } : {};
    return { kind: 'answer', status: 403, reason, ...way, denied: denialOf(refusal.verdict), ...told };
  }
  const rule = findRule(listener.index, new HeadRoutable(head), record?.rule);
  if (rule === undefined) return { kind: 'answer', status: 404, reason: 'no rule matches', ...way };
  if (rule.action.kind === 'fixed') return { kind: 'answer', status: rule.action.status, reason: '', ...way, rule };
  const position = rule.picker?.next() ?? -1;
  const group = rule.action.targetGroups[position];
  if (group === undefined)
    return { kind: 'answer', status: 503, reason: 'every target group of the rule has weight 0', ...way, rule };
  return { kind: 'forward', door, listener, caller, rule, groupId: group.id, position };
}
