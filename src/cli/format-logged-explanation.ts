// The explanation of a request that was served, as lines for people: what the log has of it, then the steps as they are computed once more.

import type { LoggedExplanation } from '../explain/index.ts';
import { formatSteps, formatVerdict, line, quiet } from './format-explanation.ts';

type Logged = LoggedExplanation['request'];

/** Lines with a final newline; texts of clients as in `formatExplanation`. */
export function formatLoggedExplanation({ request, explanation, problem, agrees, unknown }: LoggedExplanation): string {
  const lines = [
    `${request.method ?? '-'} ${quiet(request.path ?? '-')} of ${request.startTime}, revision ${request.revision}`,
    line('request', quiet(request.requestId)),
    line('client', `${request.client ?? 'unknown'} of ${request.vpc ?? 'no VPC'}, asked ${quiet(request.host ?? '-')}`),
    line('log', formatOutcome(request)),
    ...(problem === undefined ? [] : [line('problem', problem)]),
    ...(explanation === undefined
      ? []
      : [...formatSteps(explanation), ...formatVerdict(explanation.verdict), ...formatAgreement(agrees, unknown)]),
    ...unknown.map((one) => line('unknown', quiet(one))),
  ];
  return `${lines.join('\n')}\n`;
}

/** What became of it, as the log has it. */
function formatOutcome(request: Logged): string {
  const { status, duration, caller, resolvedUser, rule, targetGroupArn, target, authDeniedReason, failureReason } =
    request;
  return [
    `${status} after ${duration} ms`,
    ...(caller === undefined ? [] : [`asked by ${quiet(caller)}`]),
    ...(caller === undefined && resolvedUser !== undefined ? [`caller ${quiet(resolvedUser)}`] : []),
    ...(authDeniedReason === undefined ? [] : [`denied by ${authDeniedReason}`]),
    ...(rule === undefined ? [] : [`by rule ${rule}`]),
    ...(targetGroupArn === undefined ? [] : [`to ${targetGroupArn.split('/').at(-1) ?? ''}`]),
    ...(target === undefined ? [] : [`at ${target}`]),
    ...(failureReason === undefined ? [] : [failureReason]),
  ].join(', ');
}

function formatAgreement(agrees: boolean | undefined, unknown: readonly string[]): readonly string[] {
  if (agrees !== false) return [];
  return [
    line(
      '',
      unknown.length > 0
        ? 'the log has another end: what is not recorded decided'
        : 'the log has another end, and nothing that is not recorded explains it',
    ),
  ];
}
