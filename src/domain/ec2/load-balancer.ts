// The load balancers of pergola.yaml: which name an ARN stands for.

import type { Context, Decided } from '../decision.ts';
import { parseArn } from '../identifiers.ts';
import { keyOf, keyOfRecord, type Key } from '../records/base.ts';
import type { LoadBalancer } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, remove, type Change, type State } from '../state.ts';

/** A load balancer as the configuration describes it. */
export interface ConfiguredLoadBalancer {
  readonly arn: string;
  /** A host name or an IPv4 address. */
  readonly dnsName: string;
}

/** The load balancer that `arn` names, or undefined. */
export function findLoadBalancer(state: State, arn: string): LoadBalancer | undefined {
  const parsed = parseArn(arn);
  return parsed === undefined
    ? undefined
    : state.tables.loadBalancer.get(keyOf(parsed.account, parsed.region, parsed.resource));
}

/** Makes the records what `input` says; what it no longer says goes. Result: how many records changed. */
export function applyConfiguredLoadBalancers(
  state: State,
  { loadBalancers }: { readonly loadBalancers: readonly ConfiguredLoadBalancer[] },
  context: Context,
): Decided<number> {
  const changes: Change[] = [];
  const wanted = new Set<Key>();
  for (const { arn, dnsName } of loadBalancers) {
    const parsed = parseArn(arn);
    if (parsed?.service !== 'elasticloadbalancing')
      throw ec2Refusal('InvalidParameterValue', `${arn} is not the ARN of a load balancer.`);
    const { account, region, resource: id } = parsed;
    wanted.add(keyOf(account, region, id));
    const before = state.tables.loadBalancer.get(keyOf(account, region, id));
    if (before?.dnsName === dnsName && before.arn === arn) continue;
    const times = { createdAt: before?.createdAt ?? context.now, lastUpdatedAt: context.now };
    changes.push(
      put('loadBalancer', { account, region, id, ...times, tags: {}, origin: 'configuration', arn, dnsName }),
    );
  }
  for (const record of state.tables.loadBalancer.values())
    if (!wanted.has(keyOfRecord(record))) changes.push(remove('loadBalancer', record));
  return { changes, result: changes.length };
}
