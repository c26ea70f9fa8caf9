// Parses policy documents by IAM's grammar (IAM User Guide: "Grammar of the IAM JSON policy language").

import type { Condition, PolicyDocument, Principals, Remark, Statement } from './document.ts';
import { membersOf, pointerTo, readJson, type JsonNode, type JsonText } from './json-places.ts';
import { expectedInstead, parseOperator, takesVariables } from './operators.ts';

/** What a policy hangs on: that decides which elements its statements need. */
export type PolicyKind = 'resource' | 'identity' | 'trust';

/** A parsed document, or everything that is wrong with it. */
export type ParsedPolicy =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly Remark[] };

const required: Readonly<Record<PolicyKind, { readonly principal: boolean; readonly resource: boolean }>> = {
  resource: { principal: true, resource: true },
  identity: { principal: false, resource: true },
  trust: { principal: true, resource: false },
};

const actionForm = /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?-]+)$/;
const principalForm = /^(\*|\d{12}|arn:[\w-]+:(iam|sts)::\d{12}:[^*?]+|A[A-Z]{3}[A-Z0-9]{12,124})$/;

/** Parses `text`, the document of a policy of kind `kind`. */
export function parsePolicy(text: string, kind: PolicyKind): ParsedPolicy {
  const json = readJson(text);
  const reader = new Reader(json, kind);
  const document = json.root === undefined ? undefined : reader.document(json.root);
  const problems = [...json.problems, ...reader.problems];
  return document === undefined || problems.length > 0 ? { ok: false, problems } : { ok: true, document };
}

/** One document on its way: values come out, problems are gathered. */
class Reader {
  readonly problems: Remark[] = [];
  readonly #json: JsonText;
  readonly #kind: PolicyKind;

  constructor(json: JsonText, kind: PolicyKind) {
    this.#json = json;
    this.#kind = kind;
  }

  document(root: JsonNode): PolicyDocument | undefined {
    const members = this.#object(root, '', ['Version', 'Id', 'Statement'], 'a policy');
    if (members === undefined) return undefined;
    const version = this.#oneOf(members.get('Version'), '/Version', ['2012-10-17', '2008-10-17']);
    const id = this.#text(members.get('Id'), '/Id');
    const node = members.get('Statement');
    if (node === undefined) this.#wrong(root, '', 'Statement is missing: a statement, or a list of statements');
    else if (node.type === 'array' && node.children?.length === 0)
      this.#wrong(node, '/Statement', 'a statement was expected, and the list is empty');
    const list = node?.type === 'array' ? (node.children ?? []) : node === undefined ? [] : [node];
    const statements = list.flatMap((one, i) => {
      const statement = this.#statement(one, node?.type === 'array' ? pointerTo('/Statement', i) : '/Statement');
      return statement === undefined ? [] : [statement];
    });
    this.#refuseRepeatedSids(list, node?.type === 'array');
    return { version: version ?? '2008-10-17', ...(id === undefined ? {} : { id }), statements };
  }

  #statement(node: JsonNode, pointer: string): Statement | undefined {
    const names = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'];
    const members = this.#object(node, pointer, [...names, 'Condition'], 'a statement');
    if (members === undefined) return undefined;
    const { principal: needsPrincipal, resource: needsResource } = required[this.#kind];
    const sid = this.#text(members.get('Sid'), pointerTo(pointer, 'Sid'));
    const effect = this.#oneOf(members.get('Effect'), pointerTo(pointer, 'Effect'), ['Allow', 'Deny']);
    if (!members.has('Effect')) this.#wrong(node, pointer, 'Effect is missing: Allow or Deny');
    const who = this.#alternative(node, pointer, members, 'Principal', needsPrincipal);
    // Whoever is not named would be trusted (IAM User Guide: "AWS JSON policy elements: NotPrincipal").
    if (this.#kind === 'trust' && who?.negated === true)
      this.#wrong(
        who.node,
        who.pointer,
        'a trust policy names whom it trusts: Principal, not NotPrincipal, was expected',
      );
    const what = this.#alternative(node, pointer, members, 'Action', true);
    const where = this.#alternative(node, pointer, members, 'Resource', needsResource);
    const principal = who === undefined ? undefined : this.#principals(who.node, who.pointer, who.negated);
    const actions = this.#texts(what, (one) => actionForm.test(one), '"*", or SERVICE:ACTION with wildcards');
    const resources = this.#texts(where, isResource, '"*", or an ARN with wildcards');
    const condition = members.get('Condition');
    const conditions = condition === undefined ? [] : this.#conditions(condition, pointerTo(pointer, 'Condition'));
    if (effect === undefined || what === undefined) return undefined;
    return {
      ...this.#json.placeOf(node, pointer),
      ...(sid === undefined ? {} : { sid }),
      effect,
      ...(principal === undefined ? {} : { principal }),
      action: { negated: what.negated, patterns: actions },
      ...(where === undefined ? {} : { resource: { negated: where.negated, patterns: resources } }),
      conditions,
    };
  }

  /** Of `name` and `Not…name` a statement has exactly one, or, where there is no such element in this kind of policy, none. */
  #alternative(
    node: JsonNode,
    pointer: string,
    members: ReadonlyMap<string, JsonNode>,
    name: 'Principal' | 'Action' | 'Resource',
    needed: boolean,
  ): { readonly node: JsonNode; readonly pointer: string; readonly negated: boolean } | undefined {
    const present = [name, `Not${name}`].filter((one) => members.has(one));
    const [first] = present;
    if (!needed)
      for (const one of present)
        this.#wrong(members.get(one) ?? node, pointerTo(pointer, one), `a policy of this kind has no ${one}`);
    if (needed && present.length !== 1)
      this.#wrong(node, pointer, `exactly one of ${name} and Not${name} was expected`);
    const found = first === undefined ? undefined : members.get(first);
    if (!needed || first === undefined || found === undefined) return undefined;
    return { node: found, pointer: pointerTo(pointer, first), negated: first !== name };
  }

  #principals(node: JsonNode, pointer: string, negated: boolean): Principals {
    const found = { AWS: [], Service: [], Federated: [], CanonicalUser: [] } as Record<string, readonly string[]>;
    const everyone = node.type === 'string' && node.value === '*';
    const kinds = Object.keys(found);
    if (!everyone && node.type !== 'object')
      this.#wrong(node, pointer, `"*" or an object with ${kinds.join(', ')} was expected`);
    const members =
      everyone || node.type !== 'object'
        ? new Map<string, JsonNode>()
        : this.#object(node, pointer, kinds, 'a principal');
    if (node.type === 'object' && node.children?.length === 0)
      this.#wrong(node, pointer, 'a principal was expected in the object');
    for (const [kind, value] of members ?? []) {
      const fits = kind === 'AWS' ? (one: string) => principalForm.test(one) : (one: string) => one !== '';
      const words =
        kind === 'AWS' ? '"*", an account id, or the ARN of a principal without wildcards' : 'a text that is not empty';
      found[kind] = this.#texts({ node: value, pointer: pointerTo(pointer, kind) }, fits, words);
    }
    const {
      AWS: aws = [],
      Service: services = [],
      Federated: federated = [],
      CanonicalUser: canonicalUsers = [],
    } = found;
    return { negated, everyone: everyone || aws.includes('*'), aws, services, federated, canonicalUsers };
  }

  #conditions(node: JsonNode, pointer: string): readonly Condition[] {
    if (node.type !== 'object') {
      this.#wrong(node, pointer, 'an object of operators was expected');
      return [];
    }
    return membersOf(node).flatMap(([written, key, value]) => {
      const at = pointerTo(pointer, written);
      const operator = parseOperator(written);
      if (operator === undefined) {
        this.#wrong(key, at, `${quote(written)} is no condition operator`);
        return [];
      }
      if (value.type !== 'object') {
        this.#wrong(value, at, 'an object of condition keys was expected');
        return [];
      }
      return membersOf(value).map(([name, nameNode, valueNode]): Condition => {
        const below = pointerTo(at, name);
        if (!/^[a-zA-Z0-9-]+:.+$/.test(name))
          this.#wrong(nameNode, below, `${quote(name)} is no condition key: PREFIX:NAME`);
        const values = this.#values(valueNode, below).map(([one, oneNode, oneAt]) => {
          const expected = expectedInstead(operator.operator, one);
          const open = takesVariables(operator.operator) && one.includes('${');
          if (expected !== undefined && !open)
            this.#wrong(oneNode, oneAt, `${expected} was expected, not ${quote(one)}`);
          return one;
        });
        return { ...this.#json.placeOf(nameNode, below), ...operator, key: name, values };
      });
    });
  }

  /** The values of a condition key, as texts: numbers and booleans are taken too. */
  #values(node: JsonNode, pointer: string): readonly (readonly [string, JsonNode, string])[] {
    const list = node.type === 'array' ? (node.children ?? []) : [node];
    return list.flatMap((one, i) => {
      const at = node.type === 'array' ? pointerTo(pointer, i) : pointer;
      if (one.type === 'string' || one.type === 'number' || one.type === 'boolean')
        return [[String(one.value), one, at] as const];
      this.#wrong(one, at, 'a text, a number or a boolean was expected');
      return [];
    });
  }

  /** A text, or a list of texts that is not empty. */
  #texts(
    element: { readonly node: JsonNode; readonly pointer: string } | undefined,
    fits: (text: string) => boolean,
    words: string,
  ): readonly string[] {
    if (element === undefined) return [];
    const { node, pointer } = element;
    const list = node.type === 'array' ? (node.children ?? []) : [node];
    if (list.length === 0) this.#wrong(node, pointer, `${words} was expected, and the list is empty`);
    return list.flatMap((one, i) => {
      const value: unknown = one.value;
      if (typeof value === 'string' && fits(value)) return [value];
      const shown = one.type === 'string' ? quote(String(value)) : one.type;
      this.#wrong(one, node.type === 'array' ? pointerTo(pointer, i) : pointer, `${words} was expected, not ${shown}`);
      return [];
    });
  }

  #object(node: JsonNode, pointer: string, names: readonly string[], what: string): Map<string, JsonNode> | undefined {
    if (node.type !== 'object') {
      this.#wrong(node, pointer, `an object was expected: ${what}`);
      return undefined;
    }
    const members = new Map<string, JsonNode>();
    for (const [name, key, value] of membersOf(node))
      if (names.includes(name)) members.set(name, value);
      else
        this.#wrong(
          key,
          pointerTo(pointer, name),
          `${quote(name)} is no element of ${what}; there are ${names.join(', ')}`,
        );
    return members;
  }

  #text(node: JsonNode | undefined, pointer: string): string | undefined {
    if (node === undefined || typeof node.value === 'string') return node?.value as string | undefined;
    this.#wrong(node, pointer, 'a text was expected');
    return undefined;
  }

  #oneOf<T extends string>(node: JsonNode | undefined, pointer: string, values: readonly T[]): T | undefined {
    const found = values.find((one) => one === node?.value);
    if (node !== undefined && found === undefined) this.#wrong(node, pointer, `${values.join(' or ')} was expected`);
    return found;
  }

  #refuseRepeatedSids(list: readonly JsonNode[], isList: boolean): void {
    const seen = new Set<unknown>();
    for (const [i, one] of list.entries())
      for (const [name, , value] of one.type === 'object' ? membersOf(one) : []) {
        if (name !== 'Sid' || typeof value.value !== 'string' || value.value === '') continue;
        const pointer = pointerTo(isList ? pointerTo('/Statement', i) : '/Statement', 'Sid');
        if (seen.has(value.value))
          this.#wrong(value, pointer, `the Sid ${quote(value.value)} stands twice; each must be its own`);
        seen.add(value.value);
      }
  }

  #wrong(node: JsonNode, pointer: string, message: string): void {
    this.problems.push({
      ...this.#json.placeOf(node, pointer),
      message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    });
  }
}

function isResource(text: string): boolean {
  return text === '*' || text.startsWith('arn:') || text.startsWith('${');
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 61)}...` : text);
}
