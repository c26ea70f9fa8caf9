// A call of the API as policies see it.

import type { Call } from '../../aws/index.ts';
import { findTag, type KeyValue, type PolicyRequest, type Principal } from '../../policy/index.ts';
import type { Caller } from './callers.ts';

/** What a call is about: the action, what it is done to, and what the service's own keys say. */
export interface Subject {
  /** `PREFIX:Name`. */
  readonly action: string;
  /** The ARN of what it is done to; `*` where actions of that kind have no resource. */
  readonly resource: string;
  /** The tags of what is there already. */
  readonly resourceTags?: Readonly<Record<string, string>>;
  /** The tags that the call gives. */
  readonly requestTags?: Readonly<Record<string, string>>;
  /** The keys of the tags that the call gives or takes. */
  readonly tagKeys?: readonly string[];
  /** The service's own keys, in small letters. */
  key?(name: string): KeyValue;
}

const REQUEST_TAG = 'aws:requesttag/';
const RESOURCE_TAG = 'aws:resourcetag/';

/** Who calls, a caller without a signature included. */
type Asking = Pick<Caller, 'session'> & { readonly principal: Principal };

/** Makes the request that policies are asked about. */
export function callRequest(caller: Asking, call: Call, subject: Subject): PolicyRequest {
  return new CallRequest(caller, call, subject);
}

class CallRequest implements PolicyRequest {
  readonly principal: Principal;
  readonly #caller: Asking;
  readonly #call: Call;
  readonly #subject: Subject;

  constructor(caller: Asking, call: Call, subject: Subject) {
    this.principal = caller.principal;
    this.#caller = caller;
    this.#call = call;
    this.#subject = subject;
  }

  get action(): string {
    return this.#subject.action;
  }

  get resource(): string {
    return this.#subject.resource;
  }

  key(name: string): KeyValue {
    const { session } = this.#caller;
    switch (name) {
      case 'aws:sourceip':
        // As of calls through a VPC endpoint (IAM User Guide: "AWS global condition context keys"): there it is aws:VpcSourceIp.
        return this.#call.sourceVpc === undefined ? this.#call.sourceIp : undefined;
      case 'aws:vpcsourceip':
        return this.#call.sourceVpc === undefined ? undefined : this.#call.sourceIp;
      case 'aws:sourcevpc':
        return this.#call.sourceVpc;
      case 'aws:useragent':
        return this.#call.userAgent;
      case 'aws:currenttime':
        return new Date(this.#call.now).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(this.#call.now / 1000));
      case 'aws:requestedregion':
        return this.#call.region;
      case 'aws:resourceaccount':
        return this.#call.account;
      case 'aws:securetransport':
      case 'aws:viaawsservice':
        return 'false';
      case 'aws:multifactorauthpresent':
        return session === undefined ? undefined : 'false';
      case 'aws:tokenissuetime':
        return session === undefined ? undefined : new Date(session.issued).toISOString();
      case 'aws:sourceidentity':
        return session?.sourceIdentity;
      case 'aws:tagkeys':
        return this.#subject.tagKeys;
      default:
        return this.#ofSubject(name);
    }
  }

  #ofSubject(name: string): KeyValue {
    const { requestTags, resourceTags } = this.#subject;
    if (name.startsWith(REQUEST_TAG)) return requestTags && findTag(requestTags, name.slice(REQUEST_TAG.length));
    if (name.startsWith(RESOURCE_TAG)) return resourceTags && findTag(resourceTags, name.slice(RESOURCE_TAG.length));
    return this.#subject.key?.(name);
  }
}
