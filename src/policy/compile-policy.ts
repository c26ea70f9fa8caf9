// A policy in the form that is evaluated: made once per document, and then nothing of it is parsed again.

import { compileCondition, matcherOfPieces } from './compile-condition.ts';
import type { Condition, Patterns, Place, PolicyDocument, Principals, Statement } from './document.ts';
import {
  keyOf,
  keyReader,
  spend,
  type CallerPrincipal,
  type KeyValue,
  type PolicyRequest,
  type Principal,
} from './request.ts';
import { fillTemplate, foldKey, isPlain, parseTemplate, variablesOf } from './template.ts';
import { compilePattern, type Matcher } from './wildcard.ts';

/** What a part of a statement is about. */
export type PartKind = 'Principal' | 'Action' | 'Resource' | 'Condition';

/** A part of a statement: the statement applies when all of its parts match. */
export interface StatementPart {
  readonly kind: PartKind;
  /** The element as the document has it: `NotAction`, or operator and key of a condition. */
  readonly element: string;
  /** What the document has there, for people. */
  readonly expected: readonly string[];
  /** Of a condition: the keys that it looks at, as requests are asked for them. */
  readonly keys?: readonly string[];
  /** `action` is the request's in small letters. */
  matches(request: PolicyRequest, action: string): boolean;
  /** What the part looks at. */
  saw(request: PolicyRequest): KeyValue;
}

/** A statement that can be evaluated. */
export interface CompiledStatement extends Place {
  /** Its position in the document, from 0. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Without those that match every request. */
  readonly parts: readonly StatementPart[];
  /** The ARNs, account ids and unique ids in its Principal; of NotPrincipal none. */
  readonly named: ReadonlySet<string>;
}

/** A policy that can be evaluated. */
export interface CompiledPolicy {
  /** In the document's order. */
  readonly statements: readonly CompiledStatement[];
  readonly denying: readonly CompiledStatement[];
  readonly allowing: readonly CompiledStatement[];
}

/** Compiles `document`. Without a Principal (identity policies) a statement is about everyone. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  // IAM User Guide: "policy variables … in the 2012-10-17 version"; in the other they are plain text.
  const variables = document.version === '2012-10-17';
  const statements = document.statements.map((statement, index) => compileStatement(statement, index, variables));
  return {
    statements,
    denying: statements.filter(({ effect }) => effect === 'Deny'),
    allowing: statements.filter(({ effect }) => effect === 'Allow'),
  };
}

function compileStatement(statement: Statement, index: number, variables: boolean): CompiledStatement {
  const { pointer, line, column, sid, effect, principal, action, resource, conditions } = statement;
  return {
    ...{ pointer, line, column, index, effect },
    ...(sid === undefined ? {} : { sid }),
    parts: [
      ...(principal === undefined || (principal.everyone && !principal.negated)
        ? []
        : [principalPart(principal, effect)]),
      ...(matchesAll(action) ? [] : [actionPart(action)]),
      ...(resource === undefined || matchesAll(resource) ? [] : [resourcePart(resource, variables)]),
      ...conditions.map((condition) => conditionPart(condition, variables)),
    ],
    named: new Set(principal === undefined || principal.negated ? [] : principal.aws),
  };
}

function matchesAll({ negated, patterns }: Patterns): boolean {
  return !negated && patterns.includes('*');
}

function principalPart(principals: Principals, effect: CompiledStatement['effect']): StatementPart {
  const { negated, everyone, aws, services, federated, canonicalUsers } = principals;
  const named = new Set(aws);
  const accounts = aws.some((one) => one.endsWith(':root'));
  const ids = aws.some((one) => !one.startsWith('arn:') && !/^\d{12}$/.test(one));
  /** Every way in which a policy can name an identity (IAM User Guide: "AWS JSON policy elements: Principal"). */
  const isNamed = ({ arn, issuerArn, account, userId }: CallerPrincipal): boolean => {
    if (named.has(arn) || named.has(issuerArn) || named.has(account)) return true;
    if (accounts && named.has(`arn:${arn.split(':')[1] ?? 'aws'}:iam::${account}:root`)) return true;
    // A role's own id stands before the name of the session.
    return ids && (named.has(userId) || named.has(userId.split(':')[0] ?? userId));
  };
  /**
   * Whom a denial of everyone else leaves out: a user by its own name, a session by its own and its role's. An account or a role alone leaves out
   * none of its own (IAM User Guide: "AWS JSON policy elements: NotPrincipal"; AWS Knowledge Center: explicit deny with NotPrincipal).
   */
  const isExempt = ({ kind, arn, issuerArn, account, userId }: CallerPrincipal): boolean => {
    const itself = named.has(arn) || named.has(userId);
    if (kind === 'root') return itself || named.has(account);
    if (kind !== 'role' || arn === issuerArn) return itself;
    return itself && (named.has(issuerArn) || named.has(userId.split(':')[0] ?? userId));
  };
  const isMeant = negated && effect === 'Deny' ? isExempt : isNamed;
  const includes = (principal: Principal): boolean => {
    if (everyone) return true;
    switch (principal.kind) {
      case 'anonymous':
        return false;
      case 'service':
        return services.includes(principal.name);
      case 'web-identity':
        return federated.includes(principal.provider);
      default:
        return isMeant(principal);
    }
  };
  return {
    kind: 'Principal',
    element: negated ? 'NotPrincipal' : 'Principal',
    expected: everyone ? ['*'] : [...aws, ...services, ...federated, ...canonicalUsers],
    matches: ({ principal }) => includes(principal) !== negated,
    saw: ({ principal }) => describePrincipal(principal),
  };
}

/** A principal in a word: its ARN, or what else it is known by. */
export function describePrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'service':
      return principal.name;
    case 'web-identity':
      return principal.provider;
    default:
      return principal.arn;
  }
}

function actionPart({ negated, patterns }: Patterns): StatementPart {
  const matchers = patterns.map((pattern) => compilePattern(pattern.toLowerCase()));
  return {
    kind: 'Action',
    element: negated ? 'NotAction' : 'Action',
    expected: patterns,
    matches: (_request, action) => matchers.some((matches) => matches(action)) !== negated,
    saw: ({ action }) => action,
  };
}

function resourcePart({ negated, patterns }: Patterns, variables: boolean): StatementPart {
  const matchers = patterns.map((pattern) => resourceMatcher(pattern, variables));
  return {
    kind: 'Resource',
    element: negated ? 'NotResource' : 'Resource',
    expected: patterns,
    matches: (request) => matchers.some((matches) => matches(request.resource, request)) !== negated,
    saw: ({ resource }) => resource,
  };
}

function resourceMatcher(pattern: string, variables: boolean): (text: string, request: PolicyRequest) => boolean {
  const pieces = variables ? parseTemplate(pattern) : [{ kind: 'text', text: pattern } as const];
  if (isPlain(pieces)) {
    const matches: Matcher = compilePattern(pattern);
    return (text, request) => {
      spend(request, matches.effort(text.length));
      return matches(text);
    };
  }
  return (text, request) => {
    const filled = fillTemplate(pieces, (key) => keyOf(request, key));
    if (filled === undefined) return false;
    const matches = matcherOfPieces(filled);
    spend(request, matches.effort(text.length) + 10 * filled.reduce((sum, one) => sum + one.text.length, 1));
    return matches(text);
  };
}

function conditionPart(condition: Condition, variables: boolean): StatementPart {
  const { operator, set, ifExists, key, values } = condition;
  const folded = foldKey(key);
  const read = keyReader(folded);
  const test = compileCondition(condition, variables);
  const keys = variables ? [folded, ...values.flatMap(variablesOf)] : [folded];
  return {
    kind: 'Condition',
    element: `${set === undefined ? '' : `${set}:`}${operator}${ifExists ? 'IfExists' : ''} ${key}`,
    ...{ expected: values, keys },
    matches: (request) => test(read(request), request),
    saw: read,
  };
}
