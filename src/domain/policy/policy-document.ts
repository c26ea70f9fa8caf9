// The form of a resource policy as IAM's grammar has it (IAM User Guide: Grammar of the IAM JSON policy language); what it means is not judged here.

import type { InvalidField } from '../refusal.ts';

type Json = Readonly<Record<string, unknown>>;

/** Says what is wrong with one element of a document, or nothing. */
type Judge = (value: unknown) => string | undefined;

const actionForm = /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/;

const text: Judge = (value) => (typeof value === 'string' ? undefined : 'must be a text');

/** A text, or a list of texts that is not empty, each of which `fits`. */
function texts(fits: (one: string) => boolean, words: string): Judge {
  return (value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.length === 0) return 'must not be an empty list';
    return list.every((one) => typeof one === 'string' && fits(one))
      ? undefined
      : `must be ${words}, or a list of such`;
  };
}

const names = texts((one) => one !== '', 'a text that is not empty');

const principal: Judge = (value) => {
  if (value === '*') return undefined;
  const kinds = ['AWS', 'Federated', 'Service', 'CanonicalUser'];
  if (!isObject(value)) return 'must be "*" or an object';
  const given = Object.entries(value);
  if (given.length === 0) return 'must not be empty';
  for (const [kind, one] of given) {
    if (!kinds.includes(kind)) return `must not have ${kind}`;
    const wrong = names(one);
    if (wrong !== undefined) return `must be right: ${kind} ${wrong}`;
  }
  return undefined;
};

/** `{ operator: { key: value or values } }`. */
const condition: Judge = (value) => {
  const isValue = (one: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof one);
  const isRight =
    isObject(value) &&
    Object.values(value).every(
      (keys) =>
        isObject(keys) && Object.values(keys).every((one) => (Array.isArray(one) ? one.every(isValue) : isValue(one))),
    );
  return isRight ? undefined : 'must be an object of operators, each an object of keys with their values';
};

const documentElements: Readonly<Record<string, Judge>> = {
  Version: (value) =>
    value === '2012-10-17' || value === '2008-10-17' ? undefined : 'must be 2012-10-17 or 2008-10-17',
  Id: text,
  // The statements are judged one by one.
  Statement: () => undefined,
};

const actions = texts((one) => actionForm.test(one), '"*" or service:Action');

const statementElements: Readonly<Record<string, Judge>> = {
  Sid: text,
  Effect: (value) => (value === 'Allow' || value === 'Deny' ? undefined : 'must be Allow or Deny'),
  Principal: principal,
  NotPrincipal: principal,
  Action: actions,
  NotAction: actions,
  Resource: names,
  NotResource: names,
  Condition: condition,
};

/** Of each of these a statement has exactly one. */
const alternatives = [
  ['Effect'],
  ['Principal', 'NotPrincipal'],
  ['Action', 'NotAction'],
  ['Resource', 'NotResource'],
] as const;

/** Everything that is wrong with the form of `document`, each as the member `policy`. */
export function judgePolicy(document: string): readonly InvalidField[] {
  const wrong = (message: string): InvalidField => ({ name: 'policy', message });
  if (/[\r\n]/.test(document)) return [wrong('the document must not contain newlines or blank lines')];
  const parsed = parseJson(document);
  if (!isObject(parsed)) return [wrong('the document must be a JSON object')];
  const problems = judgeElements(parsed, documentElements, '');
  const statements: readonly unknown[] = Array.isArray(parsed['Statement'])
    ? parsed['Statement']
    : [parsed['Statement']];
  if (parsed['Statement'] === undefined || statements.length === 0) problems.push('Statement is missing or empty');
  else for (const [i, one] of statements.entries()) problems.push(...judgeStatement(one, `Statement[${i}]`));
  return problems.map(wrong);
}

function judgeStatement(statement: unknown, name: string): string[] {
  if (!isObject(statement)) return [`${name} must be an object`];
  const problems = judgeElements(statement, statementElements, `${name}.`);
  for (const choice of alternatives)
    if (choice.filter((element) => Object.hasOwn(statement, element)).length !== 1)
      problems.push(`${name} needs ${choice.length === 1 ? choice[0] : `exactly one of ${choice.join(' and ')}`}`);
  return problems;
}

function judgeElements(object: Json, elements: Readonly<Record<string, Judge>>, prefix: string): string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    const judge = Object.hasOwn(elements, name) ? elements[name] : undefined;
    const problem = judge === undefined ? 'is not an element of a policy' : judge(value);
    return problem === undefined ? [] : [`${prefix}${name} ${problem}`];
  });
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
