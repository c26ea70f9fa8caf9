// The texts that are the same for every request of a connection to one target group: header lines for the target and the record's constant part.

import { prepareAccessRecord } from '../../telemetry/index.ts';
import type { TargetGroupRecord } from '../../snapshot/index.ts';
import { flatten } from '../flatten.ts';
import type { Door } from '../doors.ts';
import type { CompiledListener, CompiledRule, World } from '../world.ts';
import type { Decision } from './decide.ts';

/** Prepared texts. */
export interface RouteText {
  /** `x-amzn-lattice-network`, `x-amzn-lattice-target` and `x-amzn-source-vpc` lines (behaviour: User Guide, HTTP targets). */
  readonly headers: string;
  /** `prepareAccessRecord`'s text. */
  readonly record: string;
  /** Ids of the subscriptions that get the record, beside the log of everything. */
  readonly subscriptions: readonly string[];
}

/** Prepares the texts of a way; parts that are not known (an answer before a rule matched) are left out. */
export function prepareRouteText(
  door: Door | undefined,
  listener: CompiledListener | undefined,
  rule: CompiledRule | undefined,
  group: TargetGroupRecord | undefined,
): RouteText {
  const subscriptions = [...(door?.network.accessLogs ?? []), ...(listener?.service.accessLogs ?? [])];
  const record = flatten(
    prepareAccessRecord({
      serviceNetworkArn: door?.network.arn ?? '',
      sourceVpcId: door?.vpc.id ?? '',
      sourceVpcArn: door?.vpc.arn ?? '',
      ...(listener === undefined
        ? {}
        : { serviceArn: listener.service.arn, listenerId: listener.record.id, listenerType: listener.record.protocol }),
      ...(rule === undefined ? {} : { ruleId: rule.id }),
      ...(group === undefined ? {} : { targetGroupArn: group.arn, destinationVpcId: group.vpcId ?? '' }),
    }),
  );
  if (door === undefined || listener === undefined || group === undefined)
    return { headers: '', record, subscriptions };
  const headers =
    `x-amzn-lattice-network: SourceVpcArn=${door.vpc.arn}\r\n` +
    `x-amzn-lattice-target: ServiceArn=${listener.service.arn}; ServiceNetworkArn=${door.network.arn}; TargetGroupArn=${group.arn}\r\n` +
    `x-amzn-source-vpc: ${door.vpc.id}\r\n`;
  return { headers: flatten(headers), record, subscriptions };
}

/** The texts of the last rule by position of the target group: keep-alive connections mostly stay with one rule. */
export class RouteTextMemo {
  #rule: CompiledRule | undefined;
  #world: World | undefined;
  #texts: RouteText[] = [];

  /** The texts of the way that `decision` takes. */
  get(world: World, decision: Extract<Decision, { kind: 'forward' }>): RouteText {
    if (this.#rule !== decision.rule || this.#world !== world) {
      this.#rule = decision.rule;
      this.#world = world;
      this.#texts = [];
    }
    return (this.#texts[decision.position] ??= prepareRouteText(
      decision.door,
      decision.listener,
      decision.rule,
      world.targetGroups.get(decision.groupId),
    ));
  }
}
