// An explanation as lines for people: one line a step, details indented, the verdict last.

import type {
  ExplainedGroup,
  ExplainedPolicy,
  ExplainedRule,
  Explanation,
  GroupsSaid,
  Step,
  Verdict,
} from '../explain/index.ts';
import { formatNamed } from './format-named.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { readonly kind: Kind }>;

/** Lines with a final newline. What a client or a policy wrote is quoted, so that it ends no line and moves no terminal. */
export function formatExplanation(explanation: Explanation): string {
  const { revision, vpc, vpcName, method, url, verdict } = explanation;
  const lines = [
    `${method} ${quiet(url)} from ${formatNamed(vpcName, vpc)}, revision ${revision}`,
    ...formatSteps(explanation),
    ...formatVerdict(verdict),
  ];
  return `${lines.join('\n')}\n`;
}

/** The lines of the steps alone. */
export function formatSteps({ steps }: Explanation): readonly string[] {
  return steps.flatMap(formatStep);
}

function formatStep(step: Step): readonly string[] {
  switch (step.kind) {
    case 'name':
      return [line('name', formatName(step))];
    case 'door':
      return formatDoor(step);
    case 'packets':
      return formatPackets(step);
    case 'head':
      return [line('request', `refused as it stands: ${step.reason}`)];
    case 'listener':
      return [line('listener', formatListener(step))];
    case 'caller':
      return [line('caller', formatCaller(step))];
    case 'policies':
      return formatPolicies(step);
    case 'rules':
      return [line('rules', formatCount(step.rules)), ...step.rules.flatMap(formatMismatch)];
    case 'targets':
      return step.targetGroups.flatMap(formatGroup);
  }
}

/** A step's title, and what follows it in a column of its own. */
export function line(title: string, text: string): string {
  return `${title.padEnd(10)} ${text}`;
}

function formatName({ name, answer, addresses, service, zone }: StepOf<'name'>): string {
  const all = addresses.join(', ');
  const by = zone === undefined ? '' : `, says the hosted zone ${zone.name} (${zone.id})`;
  switch (answer) {
    case 'address':
      return `${name} is an address`;
    case 'addresses':
      return `${name} is ${all}${by}`;
    case 'custom':
      return `${name} is asked of other resolvers; where they lead to ${service ?? ''}, it is ${all}`;
    case 'absent':
      return `${name} has no address in this VPC${by}`;
    case 'refused':
      return `${name} is not answered: the VPC has no DNS support`;
    case 'forwarded':
      return `${name} is asked of other resolvers`;
  }
}

function formatDoor({
  address,
  port,
  association,
  serviceNetwork,
  listenerPort,
  refused,
}: StepOf<'door'>): readonly string[] {
  const where =
    association === undefined
      ? `${address} is no address of a service network`
      : `${address} is of ${serviceNetwork ?? ''}, by ${association}`;
  const which = listenerPort === undefined ? '' : `; port ${port} stands for ${listenerPort}`;
  return [line('door', `${where}${which}`), ...(refused === undefined ? [] : [`  ${refused}`])];
}

function formatPackets(step: StepOf<'packets'>): readonly string[] {
  const { groups, client, isVacant, enforced, egress, ingress, mayDrop } = step;
  const title = (text: string): string =>
    line('packets', enforced ? text : `${text}; on loopback only the door's groups have an effect`);
  if (client === undefined || egress === undefined || ingress === undefined) {
    const door = groups.length === 0 ? 'the door has no security groups' : `the door has ${groups.join(', ')}`;
    const doubt = mayDrop === undefined ? '' : `; not every client passes ${mayDrop.join(', ')}`;
    return [title(`${door}; no client is named (--address)${doubt}`)];
  }
  const passes = ingress.passes && (egress.passes || !enforced);
  return [
    title(`from ${client} ${passes ? 'pass' : enforced ? 'are dropped' : 'are refused'}`),
    `  out of the client: ${isVacant === true ? `nobody has ${client} in this VPC, there are no groups to ask` : formatGroups(egress)}`,
    `  into the door: ${formatGroups(ingress)}`,
  ];
}

function formatGroups({ groups, passes, by }: GroupsSaid): string {
  if (groups.length === 0) return 'no security groups, everything passes';
  if (by === undefined) return passes ? 'passes' : `no rule of ${groups.join(', ')} lets it pass`;
  const { id, protocol, fromPort, toPort, cidrs, groups: peers, prefixList } = by.rule;
  const ports = protocol === '-1' ? 'everything' : `${protocol} ${fromPort}-${toPort}`;
  const others = prefixList ?? [...cidrs, ...peers].join(', ');
  return `${by.group} lets it pass by ${id} (${ports}, ${others})`;
}

function formatListener({ host, port, service, listener }: StepOf<'listener'>): string {
  if (service === undefined) return `no service of the network is called ${quiet(host)}`;
  const of = `${service.name} (${service.id})`;
  return listener === undefined ? `${of} has no HTTP listener on port ${port}` : `${listener} of ${of}, port ${port}`;
}

/** Why a principal is who it is. */
const callers = {
  as: 'as the question says',
  signature: 'whose signature is good',
  log: 'as the access log has it',
  nothing: '',
} as const;

function formatCaller({ caller, by, principal, reason }: StepOf<'caller'>): string {
  if (caller === 'anonymous') return 'anonymous: no signature';
  if (caller === 'refused') return `the signature is refused: ${quiet(reason ?? '')}`;
  return `${principal ?? ''}, ${callers[by]}`;
}

function formatPolicies({ layer, authType, policies }: StepOf<'policies'>): readonly string[] {
  if (authType === 'NONE') return [line('policy', `${layer}: auth type NONE, nothing is asked`)];
  if (policies.length === 0) return [line('policy', `${layer}: there is none, and so nothing is allowed`)];
  return policies.flatMap((policy) => formatPolicy(layer, policy));
}

function formatPolicy(layer: string, { name, resource, effect, statements }: ExplainedPolicy): readonly string[] {
  const said = { Allow: 'allows', Deny: 'denies', None: 'does not allow' }[effect];
  return [
    line('policy', `${layer}: ${quiet(name)} ${said} ${quiet(resource)}`),
    ...statements.flatMap(({ sid, effect: own, line: at, column, applies, unknown, failed }) => [
      `  ${at}:${column} ${own}${sid === undefined ? '' : ` ${quiet(sid)}`} ${
        unknown === undefined
          ? applies
            ? 'applies'
            : 'does not apply'
          : `cannot be told: ${unknown.map(quiet).join(', ')} is not recorded`
      }`,
      ...(failed === undefined
        ? []
        : [
            `      ${quiet(failed.element)}: ${failed.expected.map(quote).join(' or ')}; it is ${formatSeen(failed.saw)}`,
          ]),
    ]),
  ];
}

function formatSeen(saw: string | readonly string[] | null): string {
  if (saw === null) return 'absent';
  return typeof saw === 'string' ? quote(saw) : saw.map(quote).join(' and ');
}

function formatCount(rules: readonly ExplainedRule[]): string {
  const found = rules.find(({ matches }) => matches);
  if (found === undefined) return 'none matches';
  if (found.by === 'log') return `${found.id} has matched, as the access log has it`;
  return rules.length === 1 ? `${found.id} matches` : `${found.id} matches, after ${rules.length - 1} that did not`;
}

function formatMismatch({ id, failed }: ExplainedRule): readonly string[] {
  if (failed === undefined) return [];
  const { part, name, match, expected, caseSensitive, saw, isUnknown } = failed;
  const verb = { exact: 'is', prefix: 'begins with', contains: 'contains' }[match];
  const what = name === undefined ? part : `header ${name}`;
  const folded = caseSensitive ? '' : ', in any case';
  if (isUnknown === true)
    return [`  ${id} cannot be told: ${what} ${verb} ${quote(expected)}${folded}; it is not recorded`];
  return [
    `  ${id} does not match: ${what} ${verb} ${quote(expected)}${folded}; it is ${saw === null ? 'absent' : quote(saw)}`,
  ];
}

function formatGroup({ id, name, type, weight, share, targets, failure }: ExplainedGroup): readonly string[] {
  return [
    line(
      'targets',
      `${formatNamed(name, id)}${type === undefined ? '' : `, ${type}`}, weight ${weight}: ${share} % of requests`,
    ),
    ...targets.flatMap(({ id: target, port, health, takesRequests, packets }) => [
      `  ${target}:${port} ${health}${takesRequests ? ', takes requests' : ''}`,
      ...(packets === undefined ? [] : [`    from managed addresses into it: ${formatGroups(packets)}`]),
    ]),
    ...(failure === undefined ? [] : [`  ${failure.status} ${failure.text}`]),
  ];
}

/** The lines of what comes of a request. */
export function formatVerdict(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'unreachable':
      return [line('verdict', `unreachable: ${verdict.reason}`)];
    case 'answer': {
      const { status, text, rule } = verdict;
      return [
        line('verdict', `${status}${text === '' ? ` by rule ${rule ?? ''}` : ` ${quiet(text)}`}${condition(verdict)}`),
      ];
    }
    case 'forward': {
      const where = verdict.targetGroups.map(({ id, name }) => formatNamed(name, id)).join(' or ');
      return [line('verdict', `forwarded by rule ${verdict.rule} to ${where}${condition(verdict)}`)];
    }
  }
}

/** What else must be so, because it is not known who the client is. */
function condition({ unlessDroppedBy }: { readonly unlessDroppedBy?: readonly string[] }): string {
  return unlessDroppedBy === undefined
    ? ''
    : `, if security groups let the client through (not every one passes ${unlessDroppedBy.join(', ')}): name it with --address`;
}

/** A text between quotes, without characters that a terminal obeys. */
function quote(text: string): string {
  return JSON.stringify(quiet(text));
}

/** A text without characters that a terminal obeys. */
export function quiet(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, '\u{fffd}');
}
