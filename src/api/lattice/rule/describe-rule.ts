// A rule in the wire's shape.

import type { Rule } from '../../../domain/records/index.ts';
import { describeTimes } from '../time.ts';
import { describeAction } from './action.ts';
import { describeMatch } from './match.ts';

/** A rule; each call's schema takes the members that it has. The default rule has neither match nor priority. */
export function describeRule(rule: Rule) {
  const { id, arn, name, isDefault, priority, match, action } = rule;
  return {
    id,
    arn,
    name,
    isDefault,
    priority,
    match: isDefault ? undefined : describeMatch(match),
    action: describeAction(action),
    ...describeTimes(rule),
  };
}
