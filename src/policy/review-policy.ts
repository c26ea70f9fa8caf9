// What is odd about a document that is right by the grammar: parts of it that can never matter.

import type { Condition, PolicyDocument, Remark, Statement } from './document.ts';
import { controlActions, controlKeys, globalKeys, requestActions, requestKeys } from './vocabulary.ts';
import { matchesPattern } from './wildcard.ts';

/** Everything odd about `document`, by statement: actions that do not exist, condition keys that are never there, and traps. */
export function reviewPolicy(document: PolicyDocument): readonly Remark[] {
  return document.statements.flatMap((statement) => {
    const remark = (message: string): Remark => ({ ...placeOf(statement), message });
    const unknown = statement.action.patterns.filter((pattern) => !isKnown(pattern));
    return [
      ...unknown.map((pattern) => remark(`${pattern} is no action of VPC Lattice.`)),
      ...(statement.effect === 'Allow' && statement.principal?.negated === true
        ? [remark('Allow with NotPrincipal allows everyone else, anonymous callers included.')]
        : []),
      ...(statement.effect === 'Deny' && statement.principal?.negated === true && !leavesOut(statement.principal)
        ? [
            remark(
              'Deny with NotPrincipal leaves out users and sessions that it names, the latter with their role; this one names none.',
            ),
          ]
        : []),
      ...(statement.effect === 'Allow' && statement.action.negated
        ? [remark('Allow with NotAction allows every other action of every service.')]
        : []),
      ...statement.conditions.flatMap((condition) => reviewCondition(condition, statement)),
    ];
  });
}

/** Whether NotPrincipal names anybody besides accounts and roles, who alone leave out none of their own. */
function leavesOut({ everyone, aws, services, federated }: NonNullable<Statement['principal']>): boolean {
  const themselves = aws.some((one) => !/^\d{12}$|^AROA|:root$|^arn:[^:]*:iam::\d*:role\//.test(one));
  return everyone || themselves || services.length + federated.length > 0;
}

function reviewCondition(condition: Condition, statement: Statement): readonly Remark[] {
  const place = placeOf(condition);
  const key = condition.key.toLowerCase();
  const isKey = (known: string): boolean =>
    known.endsWith('/') ? key.startsWith(known) && key !== known : key === known;
  const request = requestKeys.find((one) => isKey(one.key));
  if (request === undefined && ![...globalKeys, ...controlKeys].some(isKey))
    return [
      {
        ...place,
        message: `${condition.key} is no condition key of VPC Lattice and no global one: it is never there.`,
      },
    ];
  const { negated, patterns } = statement.action;
  const onlyConnect =
    !negated && patterns.length > 0 && patterns.every((one) => one.toLowerCase() === 'vpc-lattice-svcs:connect');
  if (request?.connect === false && onlyConnect)
    return [
      { ...place, message: `${condition.key} is never there when a connection is opened (vpc-lattice-svcs:Connect).` },
    ];
  if (condition.values.length === 0)
    return [{ ...place, message: `${condition.key} has no values: ${condition.operator} is never fulfilled.` }];
  return [];
}

/** Whether the pattern can stand for an action; those of other services are not judged. Actions have no case. */
function isKnown(pattern: string): boolean {
  const [prefix = '', name = ''] = pattern.toLowerCase().split(':');
  const actions =
    prefix === 'vpc-lattice-svcs' ? requestActions : prefix === 'vpc-lattice' ? controlActions : undefined;
  return actions === undefined || actions.some((action) => matchesPattern(name, action.toLowerCase()));
}

function placeOf({ pointer, line, column }: Remark | Statement | Condition): Omit<Remark, 'message'> {
  return { pointer, line, column };
}
